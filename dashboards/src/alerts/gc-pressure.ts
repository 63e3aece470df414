import { factsOf } from '../promql/source.js';
import { gcSeconds } from '../rules/garbage-collection.js';
import { formatDuration, type Timing } from '../timing.js';
import type { Alert } from './alert.js';

/** Share of time, 0..1, that collections may take. The verdict has the same limit. */
const gcShare = 0.1;

/** Share of time, 0..1, from which on the code that blocks the loop is what has to be mended; its garbage goes with it. */
const blockedShare = 0.3;

/** Share of time, 0..1, that the main thread may wait for a CPU: collections that wait for one take long, and have
 *  little to do. The verdict has the same limit. */
const waitedShare = 0.25;

/** Loading modules and compiling them makes garbage in any process that has just started. */
function expr({ windowSeconds, warmUpSeconds }: Timing): string {
  const window = formatDuration(windowSeconds);
  const age = `time() - ${factsOf('processStartTime').name}`;
  const blockedByCode = `rate(${factsOf('blocked').name}{cause!~"gc|profile"}[${window}])`;
  return [
    `sum without (kind) (rate(${gcSeconds.record}[${window}])) > ${gcShare}`,
    `unless on (job, instance) (sum without (cause) (${blockedByCode}) > ${blockedShare})`,
    `unless on (job, instance) (rate(${factsOf('runQueueWait').name}[${window}]) > ${waitedShare})`,
    `unless on (job, instance) (${age} < ${warmUpSeconds})`,
  ].join('\n');
}

const warning: Alert = {
  incident: 'gc-pressure',
  severity: 'warning',
  summary: 'A Node.js process spends its time on garbage collection.',
  description: ({ windowSeconds }) =>
    `The main thread of {{ $labels.instance }} ({{ $labels.job }}) spent {{ $value | humanizePercentage }} of the ` +
    `last ${formatDuration(windowSeconds)} on garbage collection. ` +
    `GET /incidents on the agent of that instance names the code that makes the garbage.`,
  expr,
};

/** A warning only: everything is slower, and nothing is lost. */
export const gcPressureAlerts = [warning] as const;
