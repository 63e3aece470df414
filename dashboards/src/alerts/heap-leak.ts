import { factsOf } from '../promql/source.js';
import type { Timing } from '../timing.js';
import type { Alert } from './alert.js';

/** Time to the limit, in seconds, from which on somebody should look: it will not last until the next working day. */
const warningSeconds = 12 * 3_600;

/** Time to the limit, in seconds, from which on somebody should look at once. The verdict has the same limit. */
const criticalSeconds = 30 * 60;

/** The agent gives this number only while the heap grows steadily, so its being there is half of the alert. Imports
 *  and first requests fill the heap of a process that has just started. */
function timeLeft(limitSeconds: number, { warmUpSeconds }: Timing): string {
  const age = `time() - ${factsOf('processStartTime').name}`;
  const left = factsOf('heapTimeToLimit').name;
  return `${left} < ${limitSeconds}\nunless on (job, instance) (${age} < ${warmUpSeconds})`;
}

const description = (): string =>
  'The heap of {{ $labels.instance }} ({{ $labels.job }}) grows with each collection and reaches its limit in ' +
  '{{ $value | humanizeDuration }}; the process ends then. ' +
  'GET /incidents on the agent of that instance names the code that keeps the memory.';

const warning: Alert = {
  incident: 'heap-leak',
  severity: 'warning',
  summary: 'The heap of a Node.js process grows towards its limit.',
  description,
  expr: (timing) => timeLeft(warningSeconds, timing),
};

const critical: Alert = {
  incident: 'heap-leak',
  severity: 'critical',
  summary: 'The heap of a Node.js process reaches its limit within half an hour.',
  description,
  expr: (timing) => timeLeft(criticalSeconds, timing),
};

/** Whatever makes the critical alert fire makes the warning fire too, with the same labels but severity. */
export const heapLeakAlerts = [warning, critical] as const;
