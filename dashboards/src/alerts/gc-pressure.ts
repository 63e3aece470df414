import { factsOf } from '../promql/source.js';
import { gcSeconds } from '../rules/garbage-collection.js';
import { formatDuration, type Timing } from '../timing.js';
import type { Alert } from './alert.js';

/** Share of time, 0..1, that collections may take. The verdict has the same limit. */
const gcShare = 0.1;

/** Loading modules and compiling them makes garbage in any process that has just started. */
function expr({ windowSeconds, warmUpSeconds }: Timing): string {
  const age = `time() - ${factsOf('processStartTime').name}`;
  return [
    `sum without (kind) (rate(${gcSeconds.record}[${formatDuration(windowSeconds)}])) > ${gcShare}`,
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
