/** What the capturing worker counted. */
export interface CaptureTally {
  readonly asked: number;
  readonly answered: number;
  /** Answers in which the request that the probe read was not the one that the main thread said it was serving. */
  readonly wrongRequests: number;
  /** Answers that were taken while a handler ran. */
  readonly insideHandlers: number;
  /** Why the inspector refused, or null. */
  readonly blindBecause: string | null;
  readonly seconds: number;
}

/** Memory of the host after a forced collection. Unit: bytes. */
export interface MemoryMark {
  readonly heapBytes: number;
  readonly rssBytes: number;
}

/** What the host prints at its end. */
export interface SoakResult extends CaptureTally {
  /** Times a handler compared its AsyncLocalStorage value with its own, and how often they differed. */
  readonly checks: number;
  readonly mismatches: number;
  readonly requests: number;
  readonly start: MemoryMark;
  readonly end: MemoryMark;
}

/** What the worker is given. */
export interface WorkerOrder {
  readonly heartbeat: SharedArrayBuffer;
  readonly probeKey: string;
  readonly captures: number;
  readonly perSecond: number;
}

/** Growth beyond these is a leak: the first is far above what one collection leaves behind, and the second above
 *  what the allocator of a busy process keeps. Unit: bytes. */
export const growthLimits = { heapBytes: 16 * 1024 * 1024, rssBytes: 96 * 1024 * 1024 };

/** What is wrong with a result, in words; empty when nothing is. `captures` is how many were wanted. */
export function wrongsOf(result: SoakResult, captures: number): string[] {
  const heapGrowth = result.end.heapBytes - result.start.heapBytes;
  const rssGrowth = result.end.rssBytes - result.start.rssBytes;
  const wrongs = [
    result.answered < captures && `${captures - result.answered} captures had no answer`,
    result.mismatches > 0 && `${result.mismatches} AsyncLocalStorage values changed`,
    result.wrongRequests > 0 && `${result.wrongRequests} captures read another request`,
    result.insideHandlers === 0 && 'no capture was taken inside a handler',
    heapGrowth > growthLimits.heapBytes && `the heap grew by ${heapGrowth} bytes`,
    rssGrowth > growthLimits.rssBytes && `the process grew by ${rssGrowth} bytes`,
  ];
  return wrongs.filter((wrong) => wrong !== false);
}
