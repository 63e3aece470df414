import { factsOf } from '../promql/source.js';
import { formatDuration, type Timing } from '../timing.js';
import type { Alert } from './alert.js';

/** Share of time, 0..1, that the main thread may spend in writes to its log before somebody should look: with a tenth
 *  of every second every tenth request waits for the log. The verdict opens with a single write above the threshold
 *  of a stall, or at half of three seconds. */
export const writingShare = 0.1;

function expr({ windowSeconds, warmUpSeconds }: Timing): string {
  const age = `time() - ${factsOf('processStartTime').name}`;
  return [
    `rate(${factsOf('logWrite').name}[${formatDuration(windowSeconds)}]) > ${writingShare}`,
    `unless on (job, instance) (${age} < ${warmUpSeconds})`,
  ].join('\n');
}

const warning: Alert = {
  incident: 'log-backpressure',
  severity: 'warning',
  summary: 'The main thread of a Node.js process waits for the reader of its log.',
  description: ({ windowSeconds }) =>
    `The main thread of {{ $labels.instance }} ({{ $labels.job }}) was in synchronous writes to stdout or stderr for ` +
    `{{ $value | humanizePercentage }} of the last ${formatDuration(windowSeconds)}; every request waited meanwhile. ` +
    `GET /incidents on the agent of that instance names the line that logs.`,
  expr,
};

/** How bad it is for clients is told by the alerts on delay; the reason is a ticket. */
export const logBackpressureAlerts = [warning] as const;
