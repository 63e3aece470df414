import { factsOf } from '../promql/source.js';
import { formatDuration, type Timing } from '../timing.js';
import type { Alert } from './alert.js';

/** The verdict opens when five probes in a row waited longer than this; half of the probes of the window do the same
 *  for a longer time. Unit: s. */
const limitSeconds = 0.1;
const quantile = 0.5;

/** With the agent's verdict: a loop that is blocked or starved makes the probe late just as well, and the agent
 *  knows. */
function fullPools({ windowSeconds, warmUpSeconds }: Timing): string {
  const rate = `rate(${factsOf('threadpoolWait').name}_bucket[${formatDuration(windowSeconds)}])`;
  const waits = `histogram_quantile(${quantile}, sum by (job, instance, le) (${rate}))`;
  const verdict = `${factsOf('incidentActive').name}{kind="threadpool-saturated"} == 1`;
  const age = `time() - ${factsOf('processStartTime').name}`;
  return [
    `${waits} > ${limitSeconds}`,
    `and on (job, instance) ${verdict}`,
    `unless on (job, instance) (${age} < ${warmUpSeconds})`,
  ].join('\n');
}

const warning: Alert = {
  incident: 'threadpool-saturated',
  severity: 'warning',
  summary: 'Work of a Node.js process waits for a thread of the pool.',
  description: ({ windowSeconds }) =>
    `Half of the probes of {{ $labels.instance }} ({{ $labels.job }}) waited over {{ $value | humanizeDuration }} for a ` +
    `thread of libuv's pool in the last ${formatDuration(windowSeconds)}, and so did files, host names, keys and ` +
    `compression. GET /incidents on the agent of that instance says what fills the pool.`,
  expr: fullPools,
};

export const threadpoolSaturatedAlerts = [warning] as const;
