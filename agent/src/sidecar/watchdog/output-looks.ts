import { isOutputWrite } from '../../protocol/operations.js';
import type { OutputWindow } from '../../protocol/output.js';
import type { StackSample } from '../../protocol/stack.js';
import type { CpuTimes } from './cpu-times.js';
import type { WatchdogWorld } from './watchdog.js';

/** Mean time between two looks at the operation that runs; at random, so that nothing can beat in step with them.
 *  Twenty in a second put the share of a window of three seconds within 13 points. Unit: ms. */
const lookEveryMs = 50;
/** The same while no write has been seen for `restAfterMs`: looks wake this thread, and most services never wait for
 *  their log. One that waits for half of its time is noticed by the second look. Unit: ms. */
const restingEveryMs = 500;
const restAfterMs = 3_000;
/** A look stands for the time since the one before, but not for a time in which this thread was not running. */
const longestLookMs = 1_000;
const samplesKept = 64;
const emptyWindow = { looks: 0, lookedMs: 0, writingMs: 0 };

/** What is asked of the world. */
export type OutputWorld = Pick<
  WatchdogWorld,
  'now' | 'random' | 'schedule' | 'capture' | 'locate' | 'operation' | 'readCpuTimes'
>;

/** Measures the time that the main thread spends in synchronous writes to its standard output and error. */
export interface OutputLooks {
  /** The time since the window before was closed. */
  closeWindow(): OutputWindow;
  /** Time in such writes since the start. Unit: ms. */
  writingMs(): number;
  /** The write that was seen last, such as `process.stdout.write`; null before the first. */
  lastWrite(): string | null;
  /** Stacks taken when such a write returned, oldest first. */
  samples(): readonly StackSample[];
  forgetSamples(): void;
  close(): void;
}

/** `mayCapture` says whether a stack may be asked for just now. */
export function startOutputLooks(world: OutputWorld, mayCapture: () => boolean): OutputLooks {
  let window = emptyWindow;
  let totalMs = 0;
  let lookedAtMs = world.now();
  let writtenAtMs = Number.NEGATIVE_INFINITY;
  let times = world.readCpuTimes();
  let lastWrite: string | null = null;
  let samples: readonly StackSample[] = [];
  let isAsking = false;
  let closed = false;
  let cancel = (): void => {};

  const look = (): void => {
    if (closed) return;
    const now = world.now();
    const passedMs = Math.min(longestLookMs, Math.max(0, now - lookedAtMs));
    lookedAtMs = now;
    const operation = world.operation();
    const isWrite = isOutputWrite(operation);
    const writingMs = isWrite ? passedMs : 0;
    window = {
      looks: window.looks + 1,
      lookedMs: window.lookedMs + passedMs,
      writingMs: window.writingMs + writingMs,
    };
    totalMs += writingMs;
    if (isWrite) {
      lastWrite = operation;
      writtenAtMs = now;
      if (!isAsking && mayCapture()) ask();
    }
    const everyMs = now - writtenAtMs < restAfterMs ? lookEveryMs : restingEveryMs;
    cancel = world.schedule(everyMs * 2 * world.random(), look);
  };
  /** The stack comes when the write returns, while the line that wrote is still on it. */
  const ask = (): void => {
    isAsking = true;
    world
      .capture()
      .then((raw) => {
        if (raw !== null) samples = [...samples, world.locate(raw)].slice(-samplesKept);
      })
      .catch(() => {})
      .finally(() => {
        isAsking = false;
      });
  };
  look();

  return {
    closeWindow() {
      const before = times;
      times = world.readCpuTimes();
      const known = before !== null && times !== null;
      const closedWindow = {
        ...window,
        awakeMs: known ? Math.max(0, awakeOf(times!) - awakeOf(before)) : null,
      };
      window = emptyWindow;
      return closedWindow;
    },
    writingMs: () => totalMs,
    lastWrite: () => lastWrite,
    samples: () => samples,
    forgetSamples() {
      samples = [];
    },
    close() {
      closed = true;
      cancel();
    },
  };
}

const awakeOf = ({ onCpuMs, runQueueMs }: CpuTimes): number => onCpuMs + runQueueMs;
