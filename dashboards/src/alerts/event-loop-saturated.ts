import { factsOf } from '../promql/source.js';
import { loopTime } from '../rules/event-loop.js';
import { gcSeconds } from '../rules/garbage-collection.js';
import { formatDuration, type Timing } from '../timing.js';
import type { Alert } from './alert.js';

/** Share of time, 0..1, that the loop may be busy; above it waiting times grow without end. The verdict has the same
 *  limit. */
const busyShare = 0.9;

/** Share of time, 0..1, from which on single blocks, or writes to the log, are what keeps the loop busy: they have
 *  alerts of their own. */
const blockedShare = 0.3;

/** Share of time, 0..1, that collections may take: above it they have an alert of their own, with the same limit. */
const collectedShare = 0.1;

/** Share of time, 0..1, that the main thread may wait for a CPU: a thread that waits counts as busy, though it does
 *  nothing, and that is the alert of cpu-starved. */
const waitedShare = 0.25;

function expr({ windowSeconds, warmUpSeconds }: Timing): string {
  const window = formatDuration(windowSeconds);
  const age = `time() - ${factsOf('processStartTime').name}`;
  return [
    `sum without (state) (rate(${loopTime.record}{state="active"}[${window}])) > ${busyShare}`,
    `unless on (job, instance) (sum without (cause) (rate(${factsOf('blocked').name}[${window}])) > ${blockedShare})`,
    `unless on (job, instance) (rate(${factsOf('logWrite').name}[${window}]) > ${blockedShare})`,
    `unless on (job, instance) (sum without (kind) (rate(${gcSeconds.record}[${window}])) > ${collectedShare})`,
    `unless on (job, instance) (rate(${factsOf('runQueueWait').name}[${window}]) > ${waitedShare})`,
    `unless on (job, instance) (${age} < ${warmUpSeconds})`,
  ].join('\n');
}

const warning: Alert = {
  incident: 'event-loop-saturated',
  severity: 'warning',
  summary: 'The event loop of a Node.js process has no time left.',
  description: ({ windowSeconds }) =>
    `The event loop of {{ $labels.instance }} ({{ $labels.job }}) was busy for {{ $value | humanizePercentage }} ` +
    `of the last ${formatDuration(windowSeconds)}, without long blocks; every request waits for its turn. ` +
    `GET /incidents on the agent of that instance names the lines that take the time.`,
  expr,
};

/** Nothing is down while the loop is merely busy, so it is never critical by itself. */
export const eventLoopSaturatedAlerts = [warning] as const;
