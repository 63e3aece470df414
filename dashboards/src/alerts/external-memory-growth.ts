import { factsOf } from '../promql/source.js';
import type { Timing } from '../timing.js';
import type { Alert } from './alert.js';

/** Time until memory is short, in seconds, from which on somebody should look. The same as for the heap: it will not
 *  last until the next working day. */
const warningSeconds = 12 * 3_600;

/** The agent gives this number only while buffers grow steadily and the heap does not. */
function expr({ warmUpSeconds }: Timing): string {
  const age = `time() - ${factsOf('processStartTime').name}`;
  const left = factsOf('externalTimeToLimit').name;
  return `${left} < ${warningSeconds}\nunless on (job, instance) (${age} < ${warmUpSeconds})`;
}

const warning: Alert = {
  incident: 'external-memory-growth',
  severity: 'warning',
  summary: 'Buffers outside the heap of a Node.js process grow, and the heap does not.',
  description: () =>
    'The buffers of {{ $labels.instance }} ({{ $labels.job }}) grow with each collection while its heap is flat; ' +
    'memory lasts another {{ $value | humanizeDuration }}. ' +
    'GET /incidents on the agent of that instance has the numbers.',
  expr,
};

/** A warning only: at the limit of the container, heap-near-limit and the page of the service take over. */
export const externalMemoryGrowthAlerts = [warning] as const;
