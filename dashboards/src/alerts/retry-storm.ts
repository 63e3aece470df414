import { factsOf } from '../promql/source.js';
import { formatDuration, type Timing } from '../timing.js';
import type { Alert } from './alert.js';

/** Beyond what the agent has learnt of this target, and with its verdict, which wants failed calls as well. */
function stormyTargets({ windowSeconds, warmUpSeconds }: Timing): string {
  const window = formatDuration(windowSeconds);
  const calls = `sum by (job, instance, target) (rate(${factsOf('dependencyCalls').name}[${window}]))`;
  const requests = `sum by (job, instance) (rate(${factsOf('inboundRequests').name}[${window}]))`;
  const verdict = `${factsOf('incidentActive').name}{kind="retry-storm"} == 1`;
  return [
    `${calls} / on (job, instance) group_left () ${requests} > on (job, instance, target) ${factsOf('dependencyStormLimit').name}`,
    `and on (job, instance) ${verdict}`,
    `unless on (job, instance) (time() - ${factsOf('processStartTime').name} < ${warmUpSeconds})`,
  ].join('\n');
}

const warning: Alert = {
  incident: 'retry-storm',
  severity: 'warning',
  summary: 'A Node.js process asks a dependency that fails several times as often as usual.',
  description: ({ windowSeconds }) =>
    `{{ $labels.instance }} ({{ $labels.job }}) made {{ $value | humanize }} calls to {{ $labels.target }} for each ` +
    `request that it received in the last ${formatDuration(windowSeconds)}, while these calls fail. ` +
    `GET /incidents on the agent of that instance says what is usual.`,
  expr: stormyTargets,
};

/** A warning only: the failure that is answered by it has a page of its own. */
export const retryStormAlerts = [warning] as const;
