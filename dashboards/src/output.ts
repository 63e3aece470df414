import { stringify } from 'yaml';
import { alerts } from './alerts/all.js';
import { alertmanagerConfig } from './config/alertmanager.js';
import { prometheusConfig } from './config/prometheus.js';
import { dashboardProvider, prometheusDatasource } from './config/provisioning.js';
import { buildDashboard } from './dashboards/build.js';
import { onCall } from './dashboards/on-call.js';
import { recordings } from './rules/all.js';
import { ruleFile } from './rules/rule-file.js';
import { drillTiming, productionTiming, type Timing } from './timing.js';

/** Files by their path below the output directory, in a fixed order. */
export type Output = ReadonlyMap<string, string>;

/** Everything that the renderer writes. The same input gives the same bytes.
 *  `runbookUrl` is the folder of the runbooks, with a slash at the end. */
export function renderOutput(runbookUrl: string): Output {
  const rules = (timing: Timing): string => yaml(ruleFile({ recordings, alerts, timing, runbookUrl }));
  return new Map([
    ['alertmanager/alertmanager.yaml', yaml(alertmanagerConfig())],
    ['grafana/on-call.json', `${JSON.stringify(buildDashboard(onCall, runbookUrl), null, 2)}\n`],
    ['grafana/provisioning/dashboards/faultline.yaml', yaml(dashboardProvider())],
    ['grafana/provisioning/datasources/prometheus.yaml', yaml(prometheusDatasource(productionTiming))],
    ['prometheus/drill/rules.yaml', rules(drillTiming)],
    ['prometheus/prometheus.yaml', yaml(prometheusConfig(productionTiming))],
    ['prometheus/rules.yaml', rules(productionTiming)],
  ]);
}

function yaml(value: unknown): string {
  const header = '# Generated from dashboards/src by dashboards/dist/src/render.js; change it there.\n';
  return `${header}${stringify(value, { lineWidth: 0 })}`;
}
