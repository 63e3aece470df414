import type { ExitCause } from '../../protocol/incident.js';
import type { LastWords, MemoryKills } from '../../protocol/last-words.js';
import { showMegabytes, showPercent, showRate } from './units.js';

/** When the numbers of a process that is gone tell what ended it. */
export interface ExitRule {
  /** Share of V8's limit for old space that was alive, or would have been within `reachMs`, and from which on only an
   *  abort is to be expected. */
  readonly heapShare: number;
  /** If the process had lived on for so long, there would be a newer record. Unit: ms. */
  readonly reachMs: number;
  /** Share of the limit in use when collections follow each other without end: V8 gives up earlier if they hardly free
   *  anything. */
  readonly collectedHeapShare: number;
  /** Share of the time in collections that counts as without end. */
  readonly gcRatio: number;
  /** Share of the container's limit that is left, or would have been after `reachMs`, when it counts as full. */
  readonly containerFreeShare: number;
}

export const exitRule: ExitRule = {
  heapShare: 0.92,
  reachMs: 2_000,
  collectedHeapShare: 0.8,
  gcRatio: 0.3,
  containerFreeShare: 0.03,
};

/** What is told of an end, and whether anybody wants to hear of it. */
export interface ExitVerdict {
  readonly cause: ExitCause;
  readonly because: string;
  /** False for a process that was healthy when it was last heard of: most often a deployment has ended it. */
  readonly isNotable: boolean;
}

/** Says what ended a process that has left without a word. `killsNow` is the count of this process's own group. */
export function judgeExit(words: LastWords, killsNow: MemoryKills | null, rule: ExitRule): ExitVerdict {
  const kills = compareKills(words.memoryKills, killsNow);
  const killed = kills !== null && kills > 0;
  const heap = describeHeap(words, rule);
  const container = describeContainer(words, rule);
  const counted =
    kills === null
      ? "the container's count of kills does not reach back to it"
      : `the kernel has killed ${kills === 0 ? 'none' : kills} for memory in its container since`;
  const verdict = (cause: ExitCause, ...reasons: readonly (string | null)[]): ExitVerdict => ({
    cause,
    because: reasons.filter((reason) => reason !== null).join('; '),
    isNotable: cause !== 'unknown' || words.incidents.length > 0 || killed,
  });
  // A count from the start of a healthy process may be days old, and the kill another one's.
  if (killed && (words.incidents.length > 0 || isTight(words.numbers))) {
    return verdict('container-kill', counted, container.text);
  }
  const isFull = container.isFull && kills === null;
  if (heap.isFull && !isFull) return verdict('heap-limit', heap.text, container.text);
  if (isFull && !heap.isFull) return verdict('container-kill', container.text, counted);
  return verdict('unknown', noWord, describeSilence(words), heap.text, container.text, counted);
}

/** A shorter silence is what a loop at rest looks like. Unit: ms. */
const notableSilenceMs = 1_000;

/** Whoever stops what does not answer any more sees the same. */
function describeSilence({ lastSeenAt, lastBeatAt }: LastWords): string | null {
  const silentMs = lastBeatAt === null ? 0 : Date.parse(lastSeenAt) - Date.parse(lastBeatAt);
  if (silentMs < notableSilenceMs) return null;
  return `its event loop had been silent for ${(silentMs / 1_000).toFixed(1)} s`;
}

const noWord =
  'no exit event: a signal such as SIGKILL, a SIGTERM that nobody handles, or a crash outside of JavaScript';

/** A heap that is fuller than this, and a container with less left, are watched closely, also when that is to be
 *  expected within `soonMs`. */
const tight = { heapShare: 0.8, soonMs: 5_000, containerFreeShare: 0.1 };

/** Whether the end may be near, so that last words are worth their while. */
export function isTight(numbers: LastWords['numbers']): boolean {
  const used = shareOf(numbers.oldBytes, numbers.v8LimitBytes) ?? 0;
  const free = freeAfter(numbers, tight.soonMs) ?? 1;
  const alive = aliveWithin(numbers, tight.soonMs) ?? 0;
  return Math.max(used, alive) >= tight.heapShare || free <= tight.containerFreeShare;
}

/** Share of V8's limit that is alive after this time if it goes on as it did. */
function aliveWithin(numbers: LastWords['numbers'], ms: number): number | null {
  const { oldBytes = 0, v8LimitBytes, liveBytes, liveBytesPerSecond = 0, liveAgeMs = 0 } = numbers;
  if (liveBytes === undefined) return null;
  // What has become of it since the collection is known by its upper bound: that which is used.
  const nowBytes = Math.min(oldBytes, liveBytes + (liveBytesPerSecond * liveAgeMs) / 1_000);
  return shareOf(nowBytes + (liveBytesPerSecond * ms) / 1_000, v8LimitBytes);
}

/** Share of the container's limit that is left after this time if it fills as it did. */
function freeAfter(numbers: LastWords['numbers'], ms: number): number | null {
  const { containerFreeBytes, containerFillBytesPerSecond = 0, containerLimitBytes } = numbers;
  if (containerFreeBytes === undefined) return null;
  return shareOf(containerFreeBytes - (containerFillBytesPerSecond * ms) / 1_000, containerLimitBytes);
}

/** Kills since the record was written; null when the counts are of different groups, or there are none. */
function compareKills(before: MemoryKills | null, now: MemoryKills | null): number | null {
  if (before === null || now === null || before.group !== now.group) return null;
  return now.count < before.count ? null : now.count - before.count;
}

interface Fullness {
  readonly isFull: boolean;
  readonly text: string | null;
}

function describeHeap({ numbers }: LastWords, rule: ExitRule): Fullness {
  const { oldBytes, v8LimitBytes, gcRatio = 0, liveBytes, liveBytesPerSecond = 0 } = numbers;
  const used = shareOf(oldBytes, v8LimitBytes);
  if (used === null) return { isFull: false, text: null };
  const alive = aliveWithin(numbers, rule.reachMs) ?? used;
  const isCollected = gcRatio >= rule.gcRatio && used >= rule.collectedHeapShare;
  const isFull = alive >= rule.heapShare || isCollected;
  return {
    isFull,
    text: [
      `its heap used ${showPercent(used)} of V8's ${showMegabytes(v8LimitBytes!)}`,
      liveBytes === undefined ? '' : `, of which ${showMegabytes(liveBytes)} were alive`,
      isFull && liveBytesPerSecond > 0 ? ` and grew by ${showRate(liveBytesPerSecond)}` : '',
      isFull && !isCollected && used < rule.heapShare ? `: full within ${rule.reachMs / 1_000} s` : '',
      isCollected ? `, and collections took ${showPercent(gcRatio)} of its time` : '',
    ].join(''),
  };
}

function describeContainer({ numbers }: LastWords, rule: ExitRule): Fullness {
  const { containerFreeBytes, containerLimitBytes, containerFillBytesPerSecond = 0 } = numbers;
  const free = freeAfter(numbers, rule.reachMs);
  if (free === null) return { isFull: false, text: null };
  const fills = containerFillBytesPerSecond > 0 ? ` and lost ${showRate(containerFillBytesPerSecond)}` : '';
  const left = showMegabytes(containerFreeBytes!);
  return {
    isFull: free <= rule.containerFreeShare,
    text: `its container had ${left} left of ${showMegabytes(containerLimitBytes!)}${fills}`,
  };
}

const shareOf = (part: number | undefined, whole: number | undefined): number | null =>
  part === undefined || whole === undefined || whole <= 0 ? null : part / whole;
