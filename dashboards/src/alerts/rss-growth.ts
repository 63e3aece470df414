import { factsOf } from '../promql/source.js';
import type { Timing } from '../timing.js';
import type { Alert } from './alert.js';

/** Time until memory is short, in seconds, from which on somebody should look. The same as for heap and buffers: it
 *  will not last until the next working day. */
const warningSeconds = 12 * 3_600;

/** The agent gives this number only while the process grows and neither heap nor buffers account for it. */
function expr({ warmUpSeconds }: Timing): string {
  const age = `time() - ${factsOf('processStartTime').name}`;
  const left = factsOf('nativeTimeToLimit').name;
  return `${left} < ${warningSeconds}\nunless on (job, instance) (${age} < ${warmUpSeconds})`;
}

const warning: Alert = {
  incident: 'rss-growth',
  severity: 'warning',
  summary: 'A Node.js process grows, and neither its heap nor its buffers do.',
  description: () =>
    'The memory of {{ $labels.instance }} ({{ $labels.job }}) grows outside of its heap and its buffers, and lasts ' +
    'another {{ $value | humanizeDuration }}. ' +
    'GET /incidents on the agent of that instance has the numbers.',
  expr,
};

/** A warning only: nothing is slower yet. */
export const rssGrowthAlerts = [warning] as const;
