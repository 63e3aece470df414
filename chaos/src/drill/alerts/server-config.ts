import { stringify } from 'yaml';

/** A Prometheus that looks at one target every second. JSON is YAML, but people may want to read the file. */
export function prometheusConfig(options: {
  readonly target: string;
  readonly alertmanager: string;
  readonly ruleFiles: readonly string[];
}): string {
  return stringify({
    global: { scrape_interval: '1s', scrape_timeout: '1s', evaluation_interval: '1s' },
    rule_files: options.ruleFiles,
    alerting: { alertmanagers: [{ static_configs: [{ targets: [options.alertmanager] }] }] },
    scrape_configs: [{ job_name: 'nodejs', static_configs: [{ targets: [options.target] }] }],
  });
}

/** An Alertmanager that keeps alerts and tells nobody. */
export function alertmanagerConfig(): string {
  return stringify({
    route: { receiver: 'nobody', group_wait: '1s', group_interval: '1s' },
    receivers: [{ name: 'nobody' }],
  });
}
