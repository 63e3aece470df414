import { factsOf } from '../promql/source.js';
import { formatDuration, type Timing } from '../timing.js';
import type { Alert } from './alert.js';

/** Share of the real limit, 0..1, that collections may leave alive. The verdict has the same limit. */
const liveShare = 0.85;
const floor = factsOf('heapFloor').name;

/** What is alive against where the process ends, and not used against reserved: a heap that is used up to what V8 has
 *  reserved is what V8 wants. */
function nearLimit(live: string, { warmUpSeconds }: Timing): string {
  const age = `time() - ${factsOf('processStartTime').name}`;
  return [
    `${live} / ${factsOf('heapRealLimit').name} > ${liveShare}`,
    `unless on (job, instance) (${age} < ${warmUpSeconds})`,
  ].join('\n');
}

const description = (): string =>
  'Collections leave {{ $value | humanizePercentage }} of what the heap of {{ $labels.instance }} ' +
  '({{ $labels.job }}) may become; one large request may end the process. ' +
  'GET /incidents on the agent of that instance says whether it is a leak and who keeps the memory.';

const warning: Alert = {
  incident: 'heap-near-limit',
  severity: 'warning',
  summary: 'The newest collection has left the heap of a Node.js process nearly full.',
  description,
  expr: (timing) => nearLimit(floor, timing),
};

const critical: Alert = {
  incident: 'heap-near-limit',
  severity: 'critical',
  summary: 'Collection after collection leaves the heap of a Node.js process nearly full.',
  description,
  expr: (timing) => nearLimit(`min_over_time(${floor}[${formatDuration(timing.windowSeconds)}])`, timing),
};

/** Whatever makes the critical alert fire makes the warning fire too, with the same labels but severity. */
export const heapNearLimitAlerts = [warning, critical] as const;
