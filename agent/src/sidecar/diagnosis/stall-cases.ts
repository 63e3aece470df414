import type { Finding } from '../../protocol/finding.js';
import { isBetweenTasks, type StackSample } from '../../protocol/stack.js';
import type { Stall } from '../../protocol/stall.js';
import {
  addTime,
  detectEventLoopStall,
  noHistory,
  type StallHistory,
  type StallRule,
  stallKey,
} from './event-loop-stall.js';
import { classifyStall } from './stall-cause.js';

const samplesKept = 256;
const startsKept = 32;
const casesKept = 64;

/** Remembers stalls by key, so that each new one is judged together with those before it. */
export interface StallCases {
  /** News of a stall. The same stall may come many times; its newest form counts. */
  judge(stall: Stall): Finding | 'quiet' | 'unknown';
  /** The incident of this key is over: what comes next starts anew. */
  forget(key: string): void;
}

interface Case {
  history: StallHistory;
  newest: Stall | null;
}

export function createStallCases(rule: StallRule): StallCases {
  const cases = new Map<string, Case>();
  const keys = new Map<number, string>();

  /** A stall keeps the key that its first stack gave it, or its incident would split in the middle. */
  const keyOf = (stall: Stall): string => {
    const known = keys.get(stall.id);
    if (known !== undefined) return known;
    const telling = stall.samples.filter(isTelling);
    if (telling.length === 0 && !stall.ended) return silentKey(stall);
    const key =
      telling.length > 0 ? stallKey({ ...stall, samples: telling }) : (alikeKey(stall) ?? stallKey(stall));
    remember(keys, stall.id, key);
    return key;
  };

  /** The open incident that a stall without a stack that tells is most likely part of; null for none. */
  const alikeKey = (stall: Stall): string | null => {
    const [best] = [...cases]
      .filter(([, { newest }]) => newest !== null && newest.id < stall.id && isAlike(stall, newest, rule))
      .sort(([, a], [, b]) => b.newest!.id - a.newest!.id);
    return best?.[0] ?? null;
  };

  /** While such an incident is open, the next stall of its sort waits for its stack: it would open a second incident
   *  that says less. */
  const isExplained = (stall: Stall, key: string): boolean =>
    key === silentKey(stall) && !cases.has(key) && alikeKey(stall) !== null;

  /** The collections of a stall that is already part of the history may turn its cause, and nothing else. */
  const correct = (found: Case, stall: Stall, key: string): Finding | 'quiet' | 'unknown' => {
    const [before, after] = [classifyStall({ ...stall, gcRatio: null }), classifyStall(stall)];
    if (before === after || found.newest === null) return 'quiet';
    const less = addTime(found.history.endedMs, before, -stall.blockedMs);
    found.history = { ...found.history, endedMs: addTime(less, after, stall.blockedMs) };
    return detectEventLoopStall(found.newest, found.history, key, rule);
  };

  return {
    judge(stall) {
      const key = keyOf(stall);
      if (isExplained(stall, key)) return 'unknown';
      const found = cases.get(key) ?? { history: noHistory, newest: null };
      if (found.newest !== null && found.newest.id < stall.id) {
        found.history = extend(found.history, found.newest);
        found.newest = null;
      }
      if (found.history.startsMs.includes(stall.startedMs)) return correct(found, stall, key);
      const finding = detectEventLoopStall(stall, found.history, key, rule);
      if (typeof finding === 'string') return finding;
      found.newest = stall;
      remember(cases, key, found);
      const formerKey = silentKey(stall);
      return key !== formerKey && cases.delete(formerKey) ? { ...finding, formerKey } : finding;
    },
    forget: (key) => void cases.delete(key),
  };
}

/** Between two tasks there is neither code nor a request. */
const isTelling = ({ frames, request }: StackSample): boolean => request !== null || !isBetweenTasks(frames);

/** Whether a stall without a stack may be one more of those before it: the same call, or else the same cause. A short
 *  one of which nothing is known is taken for more of the same as well. */
function isAlike(stall: Stall, before: Stall, { starvedMs }: StallRule): boolean {
  // It was seen between two tasks only, as happens where there are many.
  if (stall.samples.length > 0) return classifyStall(before) === 'microtasks';
  const cause = classifyStall(stall);
  if (cause === 'unknown') return stall.blockedMs < starvedMs;
  if (cause !== classifyStall(before)) return false;
  return cause !== 'sync-call' || (stall.operation ?? before.operation) === before.operation;
}

/** Key of a stall that has not shown a stack yet, as in a call that runs no JavaScript. */
const silentKey = ({ id }: Stall): string => `stall ${id}`;

const extend = (history: StallHistory, stall: Stall): StallHistory => ({
  occurrences: history.occurrences + 1,
  worstMs: Math.max(history.worstMs, stall.blockedMs),
  endedMs: addTime(history.endedMs, classifyStall(stall), stall.blockedMs),
  gcRatio: stall.gcRatio ?? history.gcRatio,
  startsMs: [...history.startsMs, stall.startedMs].slice(-startsKept),
  samples: [...history.samples, ...stall.samples].slice(-samplesKept),
});

function remember<Key, Value>(map: Map<Key, Value>, key: Key, value: Value): void {
  map.set(key, value);
  if (map.size > casesKept) map.delete(map.keys().next().value as Key);
}
