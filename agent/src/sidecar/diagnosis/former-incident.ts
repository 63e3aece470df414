import type { IncidentKind } from '../../catalog/incidents.js';
import type { EndedProcess, ExitCause, Incident, Verdict } from '../../protocol/incident.js';
import type { LastWords } from '../../protocol/last-words.js';
import type { ExitVerdict } from './exit-cause.js';
import { roundShare, showPercent } from './units.js';

/** Kinds that lead to an end by this cause, the nearest first. */
const leadingTo: Readonly<Record<ExitCause, readonly IncidentKind[]>> = {
  'heap-limit': ['heap-near-limit', 'heap-leak', 'gc-pressure'],
  'container-kill': ['heap-near-limit', 'external-memory-growth', 'rss-growth', 'heap-leak', 'gc-pressure'],
  unknown: [],
};

/** The incident that ended a process, as one that is over: the one that leads to the cause of its end, else the most
 *  severe. A heap at its limit is an incident even if there was no time to open one. Null when there is none. */
export function formerIncident(
  words: LastWords,
  { cause }: ExitVerdict,
  fresh: { readonly id: string; readonly runbook: string },
): Incident | null {
  const chosen = choose(words.incidents, cause);
  const incident = chosen ?? (cause === 'heap-limit' ? fullHeap(words, fresh) : null);
  return incident === null ? null : { ...incident, status: 'resolved', resolvedAt: words.lastSeenAt };
}

/** What an incident says of the former process that it belongs to. */
export function endedProcessOf(
  { process, startedAt, lastSeenAt, incidents }: LastWords,
  { cause, because }: ExitVerdict,
  told: Incident | null,
): EndedProcess {
  const others = incidents.filter(({ id }) => id !== told?.id).map(({ kind }) => kind);
  const alsoOpen = [...new Set(others)];
  return { pid: process.pid, startedAt, lastSeenAt, exitCause: cause, because, alsoOpen };
}

function choose(incidents: readonly Incident[], cause: ExitCause): Incident | null {
  const kinds = leadingTo[cause];
  const leading = incidents.filter(({ kind }) => kinds.includes(kind));
  leading.sort((a, b) => kinds.indexOf(a.kind) - kinds.indexOf(b.kind));
  if (leading[0] !== undefined) return leading[0];
  // A blocked loop does not fill a heap: it is named beside what did.
  return cause === 'heap-limit' ? null : (incidents[0] ?? null);
}

function fullHeap(words: LastWords, { id, runbook }: { id: string; runbook: string }): Incident {
  const { oldBytes = 0, v8LimitBytes = 1 } = words.numbers;
  const share = oldBytes / v8LimitBytes;
  const verdict: Verdict = {
    kind: 'heap-near-limit',
    severity: 'critical',
    title: `Heap was ${showPercent(share)} full when the process was last seen`,
    cause: 'unknown',
    confidence: 0.6,
    culprit: null,
    request: null,
    measurements: { liveShare: roundShare(share), ...words.numbers },
    ruledOut: [],
  };
  return {
    id,
    status: 'resolved',
    openedAt: words.lastSeenAt,
    updatedAt: words.lastSeenAt,
    resolvedAt: words.lastSeenAt,
    occurrences: 1,
    ...verdict,
    evidence: [],
    runbook,
  };
}
