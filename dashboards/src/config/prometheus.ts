import { formatDuration, type Timing } from '../timing.js';

/** An example configuration of Prometheus: one Node.js service, our rules, one Alertmanager, all on loopback. */
export function prometheusConfig(timing: Timing) {
  return {
    global: {
      scrape_interval: formatDuration(timing.scrapeSeconds),
      evaluation_interval: formatDuration(timing.groupSeconds),
    },
    rule_files: ['rules.yaml'],
    alerting: { alertmanagers: [{ static_configs: [{ targets: ['127.0.0.1:9093'] }] }] },
    scrape_configs: [{ job_name: 'nodejs', static_configs: [{ targets: ['127.0.0.1:9464'] }] }],
  };
}
