import { factsOf } from '../promql/source.js';
import { formatDuration, type Timing } from '../timing.js';
import type { Alert } from './alert.js';

/** The verdict opens when a quarter of the calls is slow, which is the same as a p75 beyond the limit. */
const quantile = 0.75;

/** Beyond what the agent has learnt of this target, and with its verdict: a blocked loop makes every target look slow,
 *  and the agent knows. */
function slowTargets({ windowSeconds, warmUpSeconds }: Timing): string {
  const rate = `rate(${factsOf('dependencyDuration').name}_bucket[${formatDuration(windowSeconds)}])`;
  const times = `histogram_quantile(${quantile}, sum by (job, instance, target, le) (${rate}))`;
  const verdict = `${factsOf('incidentActive').name}{kind="dependency-slow"} == 1`;
  const age = `time() - ${factsOf('processStartTime').name}`;
  return [
    `${times} > on (job, instance, target) ${factsOf('dependencyLimit').name}`,
    `and on (job, instance) ${verdict}`,
    `unless on (job, instance) (${age} < ${warmUpSeconds})`,
  ].join('\n');
}

const warning: Alert = {
  incident: 'dependency-slow',
  severity: 'warning',
  summary: 'A dependency of a Node.js process answers much later than it usually does.',
  description: ({ windowSeconds }) =>
    `A quarter of the answers of {{ $labels.target }} to {{ $labels.instance }} ({{ $labels.job }}) took over ` +
    `{{ $value | humanizeDuration }} in the last ${formatDuration(windowSeconds)}. ` +
    `GET /incidents on the agent of that instance says what is usual, and whether sockets were short.`,
  expr: slowTargets,
};

export const dependencySlowAlerts = [warning] as const;
