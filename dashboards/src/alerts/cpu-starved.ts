import { factsOf } from '../promql/source.js';
import { formatDuration, type Timing } from '../timing.js';
import type { Alert } from './alert.js';

/** Share of time, 0..1, that the main thread may wait for a CPU before somebody should look. The verdict opens from
 *  a tenth on; a quarter of every second lost is what users notice on all routes. */
const warningShare = 0.25;

/** Share of time, 0..1, from which the service gets next to nothing done; the verdict is critical from there on. */
const criticalShare = 0.75;

function waitedShare({ windowSeconds }: Timing): string {
  return `rate(${factsOf('runQueueWait').name}[${formatDuration(windowSeconds)}])`;
}

/** A process that starts wants much CPU and shares it with everything else that starts. */
function warmedUp(expr: string, { warmUpSeconds }: Timing): string {
  const age = `time() - ${factsOf('processStartTime').name}`;
  return `${expr}\nunless on (job, instance) (${age} < ${warmUpSeconds})`;
}

const description = ({ windowSeconds }: Timing): string =>
  `The main thread of {{ $labels.instance }} ({{ $labels.job }}) was ready to run and got no CPU for ` +
  `{{ $value | humanizePercentage }} of the last ${formatDuration(windowSeconds)}. ` +
  `GET /incidents on the agent of that instance says whether a quota or a neighbour is the reason.`;

const warning: Alert = {
  incident: 'cpu-starved',
  severity: 'warning',
  summary: 'The main thread of a Node.js process waits for a CPU.',
  description,
  expr: (timing) => warmedUp(`${waitedShare(timing)} > ${warningShare}`, timing),
};

const critical: Alert = {
  incident: 'cpu-starved',
  severity: 'critical',
  summary: 'The main thread of a Node.js process gets next to no CPU.',
  description,
  expr: (timing) => warmedUp(`${waitedShare(timing)} > ${criticalShare}`, timing),
};

/** Whatever makes the critical alert fire makes the warning fire too, with the same labels but severity. */
export const cpuStarvedAlerts = [warning, critical] as const;
