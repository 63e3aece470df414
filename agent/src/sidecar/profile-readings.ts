import type { HeapProfile, HeapProfileNode } from '../protocol/heap-profile.js';
import type { Frame, SourceFrame } from '../protocol/stack.js';
import type { AllocationNode } from './diagnosis/allocation-sites.js';

/** Deeper trees than this are no profile of V8. */
const deepest = 256;
/** A collection of a heap beyond this holds the main thread for seconds: no reading is worth that. */
export const largestReadBytes = 1_024 * 1_024 * 1_024;

/** What is asked of the world. */
export interface ProfilesWorld {
  /** Unit: ms. */
  now(): number;
  /** Null when no profile can be had. */
  read(): Promise<HeapProfile | null>;
  locate(frame: Frame): SourceFrame;
}

/** A heap profile at original positions. */
export interface TakenProfile {
  /** When it was asked for. Unit: ms. */
  readonly atMs: number;
  readonly root: AllocationNode;
  readonly raw: HeapProfile;
}

/** Reads heap profiles, one at a time, and remembers when it paused the main thread for it. */
export interface ProfileReadings {
  /** Null when no profile can be had. */
  take(): Promise<TakenProfile | null>;
  isReading(): boolean;
  /** Whether the newest reading went on at some time in this span. Unit: ms. */
  overlaps(fromMs: number, toMs: number): boolean;
}

export function createProfileReadings({ now, read, locate }: ProfilesWorld): ProfileReadings {
  let newest = { fromMs: Number.NEGATIVE_INFINITY, toMs: Number.NEGATIVE_INFINITY };
  const isReading = (): boolean => newest.toMs === Number.POSITIVE_INFINITY;
  return {
    isReading,
    async take() {
      if (isReading()) return null;
      const fromMs = now();
      newest = { fromMs, toMs: Number.POSITIVE_INFINITY };
      const raw = await read().catch(() => null);
      newest = { fromMs, toMs: now() };
      return raw && { atMs: fromMs, raw, root: locateTree(raw.head, locate) };
    },
    overlaps: (fromMs, toMs) => newest.fromMs <= toMs && newest.toMs >= fromMs,
  };
}

function locateTree(
  { callFrame, selfSize, children }: HeapProfileNode,
  locate: ProfilesWorld['locate'],
  depth = 0,
): AllocationNode {
  const { functionName, url, lineNumber, columnNumber } = callFrame;
  const frame = locate({
    function: functionName || '<anonymous>',
    file: url,
    // The protocol counts from 0, stacks count from 1.
    line: lineNumber + 1,
    column: columnNumber + 1,
    async: false,
  });
  const below = depth < deepest ? children.map((child) => locateTree(child, locate, depth + 1)) : [];
  return { frame, bytes: selfSize, children: below };
}
