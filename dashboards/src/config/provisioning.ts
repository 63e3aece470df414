import { formatDuration, type Timing } from '../timing.js';

/** Directory in which Grafana looks for our dashboards. */
const dashboardDirectory = '/var/lib/grafana/dashboards';

/** Grafana's provisioning file that loads dashboards from files. */
export function dashboardProvider() {
  return {
    apiVersion: 1,
    providers: [
      {
        name: 'faultline',
        folder: 'Faultline',
        type: 'file',
        disableDeletion: true,
        allowUiUpdates: false,
        options: { path: dashboardDirectory },
      },
    ],
  };
}

/** Grafana's provisioning file for the data source. `timeInterval` is the scrape interval: Grafana computes
 *  $__rate_interval from it, and too small a value makes rates empty. */
export function prometheusDatasource(timing: Timing) {
  return {
    apiVersion: 1,
    datasources: [
      {
        name: 'Prometheus',
        uid: 'prometheus',
        type: 'prometheus',
        access: 'proxy',
        url: 'http://127.0.0.1:9090',
        isDefault: true,
        jsonData: { httpMethod: 'POST', timeInterval: formatDuration(timing.scrapeSeconds) },
      },
    ],
  };
}
