import { factsOf } from '../promql/source.js';
import { formatDuration, type Timing } from '../timing.js';
import type { Alert } from './alert.js';

const pending = factsOf('poolPending').name;
const timeouts = factsOf('poolTimeouts').name;

/** A blocked loop lets callers of every pool wait, and the agent knows; a process that has just started opens its
 *  first connections. The value is the most callers that waited at a time. */
function ofPools(condition: (window: string) => string, { windowSeconds, warmUpSeconds }: Timing): string {
  const window = formatDuration(windowSeconds);
  const verdict = `${factsOf('incidentActive').name}{kind="pool-exhausted"} == 1`;
  const age = `time() - ${factsOf('processStartTime').name}`;
  return [
    `max_over_time(${pending}[${window}])`,
    `and (\n  ${condition(window)}\n)`,
    `and on (job, instance) ${verdict}`,
    `unless on (job, instance) (${age} < ${warmUpSeconds})`,
  ].join('\n');
}

const description = ({ windowSeconds }: Timing): string =>
  `Up to {{ $value }} callers waited for a connection of {{ $labels.db_client_connection_pool_name }} on ` +
  `{{ $labels.instance }} ({{ $labels.job }}) in the last ${formatDuration(windowSeconds)}. ` +
  `GET /incidents on the agent of that instance says who holds the connections.`;

const warning: Alert = {
  incident: 'pool-exhausted',
  severity: 'warning',
  summary: 'Callers of a Node.js process wait for a connection of a pool.',
  description,
  expr: (timing) =>
    ofPools(
      (window) => `max_over_time(${pending}[${window}]) > 0\n  or\n  rate(${timeouts}[${window}]) > 0`,
      timing,
    ),
};

const critical: Alert = {
  incident: 'pool-exhausted',
  severity: 'critical',
  summary: 'A pool of a Node.js process has no connection left, so that callers wait without end or give up.',
  description,
  expr: (timing) =>
    ofPools(
      (window) => `min_over_time(${pending}[${window}]) > 0\n  or\n  rate(${timeouts}[${window}]) > 0`,
      timing,
    ),
};

/** Whatever makes the critical alert fire makes the warning fire too, with the same labels but severity, so that
 *  Alertmanager can inhibit the one under the other. */
export const poolExhaustedAlerts = [warning, critical] as const;
