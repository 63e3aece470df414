import { factsOf } from '../promql/source.js';
import type { Timing } from '../timing.js';
import type { Alert } from './alert.js';

/** Share of the limit of descriptors, 0..1. The verdict has the same limit. */
const nearLimit = 0.9;

/** One lost descriptor is all that it takes to be below the limit for a moment. */
const isNearLimit = (): string =>
  `${factsOf('processOpenFds').name} / ${factsOf('processMaxFds').name} > ${nearLimit}`;

/** A process that starts opens what it needs. */
const unlessJustStarted = ({ warmUpSeconds }: Timing): string =>
  `unless on (job, instance) (time() - ${factsOf('processStartTime').name} < ${warmUpSeconds})`;

/** The agent gives the growth only while it is steady, so its being there is nearly all of the alert. */
const grows = (): string => `max without (cause) (${factsOf('handleGrowth').name}) > 0`;

const warning: Alert = {
  incident: 'handle-leak',
  severity: 'warning',
  summary: 'Timers, sockets, listeners or file descriptors of a Node.js process become more and more.',
  description: () =>
    'Timers, sockets, listeners or file descriptors of {{ $labels.instance }} ({{ $labels.job }}) grow steadily ' +
    '({{ $value | humanize }} a second), or hardly any descriptors are left (the same number is their share then). ' +
    'GET /incidents on the agent of that instance says which, and of listeners the line.',
  expr: (timing) => `(${grows()} or ${isNearLimit()})\n${unlessJustStarted(timing)}`,
};

const critical: Alert = {
  incident: 'handle-leak',
  severity: 'critical',
  summary: 'A Node.js process has hardly any file descriptors left.',
  description: () =>
    '{{ $labels.instance }} ({{ $labels.job }}) has opened {{ $value | humanizePercentage }} of the file descriptors ' +
    'that it may have; at the limit it takes no connection and opens no file.',
  expr: (timing) => `${isNearLimit()}\n${unlessJustStarted(timing)}`,
};

/** Whatever makes the critical alert fire makes the warning fire too, with the same labels but severity. */
export const handleLeakAlerts = [warning, critical] as const;
