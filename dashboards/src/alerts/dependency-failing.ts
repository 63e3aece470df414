import { factsOf } from '../promql/source.js';
import { formatDuration, type Timing } from '../timing.js';
import type { Alert } from './alert.js';

/** Share of failed calls, 0..1, that is worth a ticket where nobody knows what is usual. */
const unknownShare = 0.5;
/** Fewer calls in the window say nothing about a share. */
const callsFloor = 10;
/** Share of the time, 0..1, from which on a blocked loop may be why calls time out. */
const blockedShare = 0.1;

const perTarget = 'on (job, instance, target)';
const rateBy = (labels: string, metric: string, window: string): string =>
  `sum by (${labels}) (rate(${metric}[${window}]))`;

function failedShare({ windowSeconds }: Timing): string {
  const window = formatDuration(windowSeconds);
  const failed = rateBy('job, instance, target', factsOf('dependencyErrors').name, window);
  return `${failed} / ${perTarget} ${rateBy('job, instance, target', factsOf('dependencyCalls').name, window)}`;
}

const isYoung = ({ warmUpSeconds }: Timing): string =>
  `unless on (job, instance) (time() - ${factsOf('processStartTime').name} < ${warmUpSeconds})`;

/** Beyond what the agent has learnt of this target, and with its verdict: a blocked loop makes calls time out, and the
 *  agent knows. */
function failingTargets(timing: Timing): string {
  const verdict = `${factsOf('incidentActive').name}{kind="dependency-failing"} == 1`;
  return [
    `${failedShare(timing)} > ${perTarget} ${factsOf('dependencyFailingLimit').name}`,
    `and on (job, instance) ${verdict}`,
    isYoung(timing),
  ].join('\n');
}

/** A process that has never seen its dependency well cannot say what is usual, and gives no verdict. */
function unknownTargets(timing: Timing): string {
  const window = formatDuration(timing.windowSeconds);
  const calls = `sum by (job, instance, target) (increase(${factsOf('dependencyCalls').name}[${window}]))`;
  const blocked = rateBy('job, instance', factsOf('blocked').name, window);
  return [
    `${failedShare(timing)} > ${unknownShare}`,
    `and ${perTarget} (${calls} > ${callsFloor})`,
    `unless ${perTarget} ${factsOf('dependencyFailingLimit').name}`,
    `unless on (job, instance) (${blocked} > ${blockedShare})`,
    isYoung(timing),
  ].join('\n');
}

const describe =
  (end: string): Alert['description'] =>
  ({ windowSeconds }) =>
    `{{ $value | humanizePercentage }} of the calls of {{ $labels.instance }} ({{ $labels.job }}) to ` +
    `{{ $labels.target }} failed in the last ${formatDuration(windowSeconds)}. ${end}`;

const warning: Alert = {
  incident: 'dependency-failing',
  severity: 'warning',
  summary: 'Most calls of a Node.js process to a dependency have failed since it was started.',
  description: describe('It has not learnt yet what is usual, so there is no verdict.'),
  expr: unknownTargets,
};

const critical: Alert = {
  incident: 'dependency-failing',
  severity: 'critical',
  summary: 'Far more calls of a Node.js process to a dependency than usual fail.',
  description: describe(
    'GET /incidents on the agent of that instance says how they fail, and what is usual.',
  ),
  expr: failingTargets,
};

export const dependencyFailingAlerts = [warning, critical] as const;
