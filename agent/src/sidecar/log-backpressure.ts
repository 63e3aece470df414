import type { Finding } from '../protocol/finding.js';
import type { OutputWindow } from '../protocol/output.js';
import type { StackSample } from '../protocol/stack.js';
import type { Stall } from '../protocol/stall.js';
import {
  detectBlockedWrite,
  detectSlowWrites,
  isOutputStall,
  logBackpressureRule,
  type OutputHistory,
} from './diagnosis/log-backpressure.js';
import { classifyStall } from './diagnosis/stall-cause.js';
import { type OutputWorld, startOutputLooks } from './watchdog/output-looks.js';

const windowsKept = 8;
const samplesKept = 64;
const stallsKept = 64;
/** Share of a window in writes from which on their lines are worth the stacks that tell them. */
const notableShare = 0.25;

/** Follows how long the main thread waits for the readers of its standard output and error. */
export interface LogBackpressure {
  /** What is to be said of a stall; null when it is no write's, as far as is known by now. */
  judgeStall(stall: Stall): Finding | 'quiet' | null;
  /** Closes a window. Call it about once a second. Null while there is nothing to say, or nothing may be told. */
  judge(mayTell: boolean): Finding | null;
  /** Whether the incident is open: then it is why the loop has no time. */
  isOpen(): boolean;
  /** Time in such writes since the start. Unit: ms. */
  writingMs(): number;
  /** The incident is over: what comes next starts anew. */
  forget(): void;
  close(): void;
}

/** `mayLook` says whether stacks may be asked for just now: during a stall the watchdog does that. */
export function createLogBackpressure(
  world: OutputWorld,
  thresholdMs: number,
  mayLook: () => boolean,
): LogBackpressure {
  const rule = { ...logBackpressureRule, thresholdMs };
  const stalls = new Map<number, Stall>();
  let windows: readonly OutputWindow[] = [];
  let blocks = { blocks: 0, worstMs: 0, totalMs: 0 };
  let ofStalls: readonly StackSample[] = [];
  let isOpen = false;

  const isNotable = (): boolean => {
    const newest = windows.at(-1);
    return newest !== undefined && newest.writingMs > newest.lookedMs * notableShare;
  };
  const looks = startOutputLooks(world, () => (isOpen || isNotable()) && mayLook());
  const history = (): OutputHistory => ({
    ...blocks,
    samples: ofStalls.length > 0 ? ofStalls : looks.samples(),
  });

  /** Adds what is new about a stall. */
  const take = (stall: Stall): void => {
    const known = stalls.get(stall.id);
    blocks = {
      blocks: blocks.blocks + (known === undefined ? 1 : 0),
      worstMs: Math.max(blocks.worstMs, stall.blockedMs),
      totalMs: blocks.totalMs + stall.blockedMs - (known?.blockedMs ?? 0),
    };
    ofStalls = [...ofStalls, ...stall.samples.slice(known?.samples.length ?? 0)].slice(-samplesKept);
    stalls.set(stall.id, stall);
    if (stalls.size > stallsKept) stalls.delete(stalls.keys().next().value!);
  };
  const forget = (): void => {
    isOpen = false;
    stalls.clear();
    blocks = { blocks: 0, worstMs: 0, totalMs: 0 };
    ofStalls = [];
    looks.forgetSamples();
  };

  return {
    judgeStall(stall) {
      if (!isOutputStall(stall, rule)) return null;
      take(stall);
      const finding = detectBlockedWrite(stall, history(), rule);
      isOpen ||= finding !== 'quiet';
      return finding;
    },
    judge(mayTell) {
      windows = [...windows, looks.closeWindow()].slice(-windowsKept);
      const finding = detectSlowWrites(windows, looks.lastWrite(), history(), rule);
      if (typeof finding !== 'string') {
        if (!mayTell) return null;
        isOpen = true;
        return finding;
      }
      // What was seen in a quiet time says nothing about the next incident.
      if (!isOpen && !isNotable() && mayLook()) forget();
      return null;
    },
    isOpen: () => isOpen,
    writingMs: looks.writingMs,
    forget,
    close: looks.close,
  };
}

/** What a piece of blocked time is counted under. */
export const blockedCause = (stall: Stall): string =>
  isOutputStall(stall) ? 'stdout' : classifyStall(stall);
