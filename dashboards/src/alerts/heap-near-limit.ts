import { factsOf } from '../promql/source.js';
import { formatDuration, type Timing } from '../timing.js';
import type { Alert } from './alert.js';

/** Share of the real limit, 0..1, that collections may leave alive. The verdict has the same limit. */
const liveShare = 0.85;
const floor = factsOf('heapFloor').name;
const taken = factsOf('heapTotal').name;
const limit = factsOf('heapRealLimit').name;
/** V8's limit counts young spaces, which the real one does not: up to 192 MB. What it is larger by beyond that, the
 *  container does not have. Unit: bytes. */
const beyondContainerBytes = 256 * 1_048_576;

/** What is alive against where the process ends, and not used against reserved: a heap that is used up to what V8 has
 *  reserved is what V8 wants. Only in a container that V8 would outgrow does garbage count as well: nobody collects it
 *  before the kernel kills. */
function nearLimit(over: (series: string) => string, { warmUpSeconds }: Timing): string {
  const age = `time() - ${factsOf('processStartTime').name}`;
  const outgrown = `${factsOf('heapLimit').name} - ${limit} > ${beyondContainerBytes}`;
  return [
    '(',
    `  ${over(floor)} / ${limit} > ${liveShare}`,
    'or on (job, instance)',
    `  (${over(taken)} / ${limit} > ${liveShare} and on (job, instance) (${outgrown}))`,
    ')',
    `unless on (job, instance) (${age} < ${warmUpSeconds})`,
  ].join('\n');
}

const description = (): string =>
  '{{ $value | humanizePercentage }} of what the heap of {{ $labels.instance }} ({{ $labels.job }}) may become ' +
  'is alive, or taken in a container that has less than V8 would take; one large request may end the process. ' +
  'GET /incidents on the agent of that instance says whether it is a leak and who keeps the memory.';

const warning: Alert = {
  incident: 'heap-near-limit',
  severity: 'warning',
  summary: 'The heap of a Node.js process is nearly full, or nearly fills its container.',
  description,
  expr: (timing) => nearLimit((series) => series, timing),
};

const critical: Alert = {
  incident: 'heap-near-limit',
  severity: 'critical',
  summary: 'The heap of a Node.js process stays nearly full, or nearly fills its container.',
  description,
  expr: (timing) =>
    nearLimit((series) => `min_over_time(${series}[${formatDuration(timing.windowSeconds)}])`, timing),
};

/** Whatever makes the critical alert fire makes the warning fire too, with the same labels but severity. */
export const heapNearLimitAlerts = [warning, critical] as const;
