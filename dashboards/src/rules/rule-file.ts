import { incidentCatalog } from '@faultline/agent/catalog';
import type { Alert } from '../alerts/alert.js';
import { runbookLink } from '../runbooks.js';
import { formatDuration, type Timing } from '../timing.js';
import type { Recording } from './recording.js';

/** A recording rule in Prometheus' format. */
export interface RecordRule {
  readonly record: string;
  readonly expr: string;
}

/** An alerting rule in Prometheus' format. */
export interface AlertRule {
  readonly alert: string;
  readonly expr: string;
  readonly for: string;
  readonly keep_firing_for: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

/** A group of rules in Prometheus' format. */
interface RuleGroup {
  readonly name: string;
  readonly interval: string;
  readonly rules: readonly (RecordRule | AlertRule)[];
}

/** A rule file in Prometheus' format. */
export interface RuleFile {
  readonly groups: readonly RuleGroup[];
}

/** What a rule file is made from. */
export interface RuleFileParts {
  readonly recordings: readonly Recording[];
  readonly alerts: readonly Alert[];
  readonly timing: Timing;
  /** Folder of the runbooks, with a slash at the end. */
  readonly runbookUrl: string;
}

/** One group of recording rules and one of alerts for each incident kind. */
export function ruleFile({ recordings, alerts, timing, runbookUrl }: RuleFileParts): RuleFile {
  const interval = formatDuration(timing.groupSeconds);
  const kinds = [...new Set(alerts.map((alert) => alert.incident))];
  return {
    groups: [
      { name: 'faultline-names', interval, rules: recordings.map(({ record, expr }) => ({ record, expr })) },
      ...kinds.map((kind) => ({
        name: `faultline-${kind}`,
        interval,
        rules: alerts
          .filter((alert) => alert.incident === kind)
          .map((alert) => alertRule(alert, timing, runbookUrl)),
      })),
    ],
  };
}

function alertRule(alert: Alert, timing: Timing, runbookUrl: string): AlertRule {
  return {
    alert: incidentCatalog[alert.incident].alert,
    expr: alert.expr(timing),
    for: formatDuration(timing.holdSeconds),
    keep_firing_for: formatDuration(timing.keepFiringSeconds),
    labels: { incident: alert.incident, severity: alert.severity },
    annotations: {
      summary: alert.summary,
      description: alert.description(timing),
      runbook_url: runbookLink(alert.incident, runbookUrl),
    },
  };
}
