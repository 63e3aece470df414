import type { Finding } from '../../protocol/finding.js';
import type { HandleCause } from '../../protocol/handle-cause.js';
import type { CodeCulprit, RuledOut } from '../../protocol/incident.js';
import type { Growth } from './growth.js';
import type { HandleRule } from './handle-growth.js';
import { blameMakers, type Maker } from './makers.js';

/** Something of which there is more and more. */
export interface Leaking {
  /** Tells apart what may leak by itself: the cause, and the emitter behind it. */
  readonly key: string;
  readonly cause: HandleCause;
  /** As Node names it, such as `Timeout`, `TCPSocketWrap` or `arrival on EventEmitter`. */
  readonly resource: string;
  /** How many there are now. */
  readonly count: number;
  /** Where some of those that have stayed were made, most frequent first; empty when that is not known. */
  readonly makers: readonly Maker[];
}

/** What else was going on. */
export interface HandleContext {
  readonly descriptors: { readonly open: number; readonly limit: number | null } | null;
  /** Calls to dependencies that wait for their answer; null when that is not known. */
  readonly inFlight: number | null;
}

/** Whether descriptors are close to their limit, from the newest readings, oldest first. Unknown without a limit and
 *  while the readings are too few. */
export function isNearLimit(
  open: readonly number[],
  limit: number | null,
  { nearLimitShare, nearLimitReadings }: HandleRule,
): boolean | 'unknown' {
  const newest = open.slice(-nearLimitReadings);
  if (limit === null || limit <= 0 || newest.length < nearLimitReadings) return 'unknown';
  return newest.every((count) => count >= limit * nearLimitShare);
}

/** The verdict on handles that become more and more, or that are nearly used up; `growth` is null for the latter. */
export function detectHandleLeak(
  leaking: Leaking,
  growth: Growth | null,
  nearLimit: boolean,
  context: HandleContext,
): Finding {
  const { key, cause, resource, count } = leaking;
  const { descriptors } = context;
  const culprit = blameMakers(leaking.makers);
  const limit = descriptors?.limit ?? null;
  const secondsToLimit = holdsDescriptors(cause) ? secondsUntilFull(growth, descriptors) : null;
  return {
    kind: 'handle-leak',
    key,
    occurrences: 1,
    severity: nearLimit && holdsDescriptors(cause) ? 'critical' : 'warning',
    title: titleOf(leaking, growth, limit, culprit),
    cause,
    resource,
    confidence: confidenceOf(growth),
    culprit,
    request: null,
    measurements: {
      count,
      ...(growth !== null && {
        perSecond: round(growth.perSecond),
        spanSeconds: Math.round(growth.spanMs / 1_000),
        risingShare: round(growth.risingShare),
        points: growth.points,
      }),
      ...(descriptors !== null && { openDescriptors: descriptors.open }),
      ...(limit !== null && { descriptorLimit: limit }),
      ...(secondsToLimit !== null && { secondsToLimit }),
    },
    ruledOut: ruleOut(leaking, context),
  };
}

/** Each socket takes a descriptor, and what is open besides them counts, too. */
function secondsUntilFull(growth: Growth | null, descriptors: HandleContext['descriptors']): number | null {
  if (growth === null || descriptors === null || descriptors.limit === null) return null;
  return Math.round(Math.max(0, descriptors.limit - descriptors.open) / growth.perSecond);
}

const holdsDescriptors = (cause: HandleCause): boolean => cause === 'descriptors' || cause === 'sockets';

const subjects: Readonly<Record<HandleCause, string>> = {
  timers: 'Timers',
  sockets: 'Sockets',
  listeners: 'Listeners',
  descriptors: 'File descriptors',
};

function titleOf(
  { cause, resource, count }: Leaking,
  growth: Growth | null,
  limit: number | null,
  culprit: CodeCulprit | null,
): string {
  const subject = cause === 'listeners' ? `Listeners of ${resource}` : subjects[cause];
  const amount = cause === 'descriptors' && limit !== null ? `${count} of ${limit} open` : `${count} now`;
  const place = culprit === null ? '' : placeOf(cause, culprit);
  return growth === null
    ? `${subject} are nearly used up: ${amount}`
    : `${subject} grow by ${rate(growth.perSecond)}, ${amount}${place}`;
}

/** Of listeners there is the one that was one too many; of the others a choice of those that have stayed. */
function placeOf(cause: HandleCause, { function: name, file, line, share, samples }: CodeCulprit): string {
  const where = `in ${name} (${file}:${line})`;
  if (cause === 'listeners') return `, one added ${where}`;
  return `, ${Math.round(share * samples)} of ${samples} that stayed made ${where}`;
}

/** A number near a limit needs no statistics. */
function confidenceOf(growth: Growth | null): number {
  return growth === null
    ? 0.99
    : round(Math.min(0.99, growth.risingShare * (growth.points / (growth.points + 1))));
}

/** Timers and sockets pile up while somebody else does not answer, and go when he does. */
function ruleOut({ cause, count }: Leaking, { inFlight }: HandleContext): RuledOut[] {
  if (inFlight === null || cause === 'listeners' || inFlight > count / 2) return [];
  const because = `${inFlight} calls to dependencies wait for their answer, and ${count} are held`;
  return [{ kind: 'dependency-slow', because }];
}

const rate = (perSecond: number): string =>
  perSecond >= 0.1 ? `${perSecond.toFixed(1)}/s` : `${(perSecond * 60).toFixed(1)}/min`;
const round = (value: number): number => Number(value.toFixed(3));
