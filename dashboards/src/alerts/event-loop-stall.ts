import { factsOf } from '../promql/source.js';
import { delayMax } from '../rules/event-loop.js';
import { formatDuration, type Timing } from '../timing.js';
import type { Alert } from './alert.js';

/** Share of time, 0..1, that the loop may be blocked before somebody should look: 3 s of a minute. One block
 *  of 200 ms is a tenth of it, one export of 1 s every few seconds is four times as much. */
export const warningShare = 0.05;

/** Share of time, 0..1, from which every fourth request or more meets a blocked loop. */
export const criticalShare = 0.25;

/** Event loop delay, in seconds, that tells of a block that clients see as an outage. The incident's own limit for
 *  critical is a block of 1 s; its delay is shorter, because it counts from when the next timer was due. */
export const longDelaySeconds = 0.95;

/** Stalls that have an alert of their own: those that somebody else makes, NodejsCpuStarved, and those that wait for
 *  the reader of the log, NodejsLogBackpressure. The pauses of a heap snapshot and of a profile are the agent's. */
const othersCauses = 'cpu-starvation|cgroup-throttling|heap-snapshot|profile|stdout';

/** Share of the window that the main thread was stalled by what it did itself. The counter rises while a stall goes
 *  on and the sidecar thread serves it, so a loop that never comes back reads 1. */
function blockedShare({ windowSeconds }: Timing): string {
  const blocked = `${factsOf('blocked').name}{cause!~"${othersCauses}"}`;
  return `sum without (cause) (rate(${blocked}[${formatDuration(windowSeconds)}]))`;
}

/** A process that has just started blocks its loop by loading modules. */
function warmedUp(expr: string, { warmUpSeconds }: Timing): string {
  const age = `time() - ${factsOf('processStartTime').name}`;
  return `(\n${expr}\n)\nunless on (job, instance) (${age} < ${warmUpSeconds})`;
}

const description = ({ windowSeconds }: Timing): string =>
  `The main thread of {{ $labels.instance }} ({{ $labels.job }}) was blocked for ` +
  `{{ $value | humanizePercentage }} of the last ${formatDuration(windowSeconds)}; every request waited meanwhile. ` +
  `GET /incidents on the agent of that instance names the line.`;

const warning: Alert = {
  incident: 'event-loop-stall',
  severity: 'warning',
  summary: 'The event loop of a Node.js process is blocked again and again.',
  description,
  expr: (timing) => warmedUp(`  ${blockedShare(timing)} > ${warningShare}`, timing),
};

const critical: Alert = {
  incident: 'event-loop-stall',
  severity: 'critical',
  summary: 'The event loop of a Node.js process is blocked so long that clients see an outage.',
  description,
  expr(timing) {
    const share = blockedShare(timing);
    const longest = `max_over_time(${delayMax.record}[${formatDuration(timing.windowSeconds)}])`;
    return warmedUp(
      [
        `  ${share} > ${criticalShare}`,
        '  or',
        `  (${share} > ${warningShare} and on (job, instance) ${longest} >= ${longDelaySeconds})`,
      ].join('\n'),
      timing,
    );
  },
};

/** Whatever makes the critical alert fire makes the warning fire too, with the same labels but severity, so that
 *  Alertmanager can inhibit the one under the other. */
export const eventLoopStallAlerts = [warning, critical] as const;
