import type { RequestContext } from './incident.js';
import type { TaskTurn } from './task-turn.js';

/** One frame as V8 tells it: positions are one-based and belong to the code that runs, before source maps. */
export interface Frame {
  readonly function: string;
  /** File URL, path, `node:` name or empty for native code. */
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** True for a caller that awaits, false for one that is on the stack. */
  readonly async: boolean;
}

const queueFiles: ReadonlySet<string> = new Set([
  'node:internal/process/task_queues',
  'node:internal/fixed_queue',
  'node:internal/async_context_frame',
  'node:internal/async_hooks',
  'node:async_hooks',
]);

/** Whether nobody's code is on the stack: Node goes from one tick or microtask to the next. */
export const isBetweenTasks = (frames: readonly Frame[]): boolean =>
  frames.every(({ file, async }) => async || queueFiles.has(file));

/** What the probe on the main thread answers; crosses the threads as JSON. */
export interface ProbeAnswer {
  /** Innermost first. */
  readonly frames: readonly (readonly [string, string, number, number, boolean])[];
  readonly request: RequestContext | null;
  /** Null when it could not be read. */
  readonly turn: TaskTurn | null;
  /** Heartbeats so far: tells whether the stack was taken during a block or after it. */
  readonly beats: number;
}

/** Who wrote the code of a frame. */
export type FrameOrigin = 'service' | 'dependency' | 'node' | 'agent';

/** A frame at its original source position. */
export interface SourceFrame extends Frame {
  readonly origin: FrameOrigin;
}

/** One look at the stack of the blocked main thread. */
export interface StackSample {
  /** Monotonic time at which the stack was asked for. Unit: ms. */
  readonly askedMs: number;
  /** Time until the main thread answered. Long answers mean that no JavaScript ran. Unit: ms. */
  readonly answerMs: number;
  /** Innermost first. */
  readonly frames: readonly SourceFrame[];
  readonly request: RequestContext | null;
  /** How far the queues of microtasks and ticks had come; null when it could not be read. */
  readonly turn: TaskTurn | null;
}
