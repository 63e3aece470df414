import { executionAsyncId } from 'node:async_hooks';
import type { TaskTurn } from '../protocol/task-turn.js';

// Taken before the host can replace them: the first look may come in the middle of whatever the host does.
const currentExecutionId = executionAsyncId;
const { apply } = Reflect;
const NativePromise = Promise;
const { then } = Promise.prototype;
const { nextTick } = process;
const { now } = performance;
const nowMs = (): number => apply(now, performance, []);

/** Marks the host's queues, so that a later look can tell how far they have come. */
export interface TaskTurns {
  /** Reads the marks and sets the next one. Safe in the middle of anything: all that it does to the host is to
   *  fulfil a promise of its own. */
  look(): TaskTurn;
}

/** Holds one promise with a reaction, made beforehand. An interrupt only fulfils it, which V8 does without creating
 *  anything: of the host's code, none but a `promiseResolve` hook of async_hooks can run. All the rest, including
 *  the tick, whose queue is JavaScript that an interrupt must not touch, is done by the reaction in its own time.
 *  At most one microtask and one tick are waiting at any time. */
export function createTaskTurns(): TaskTurns {
  let microtasks = 0;
  let ticks = 0;
  let roundMs: number | null = null;
  let lookedMs = 0;
  let isTickWaiting = false;
  let fulfil: (() => void) | null = null;

  function arm(): void {
    const mark = new NativePromise<void>((resolve) => {
      fulfil = resolve;
    });
    apply(then, mark, [onMicrotask]);
  }

  function onMicrotask(): void {
    microtasks += 1;
    try {
      arm();
      if (!isTickWaiting) waitForTick(lookedMs);
    } catch {
      // The host has tampered with promises. Without marks nothing is told, and that is what is known.
      fulfil = null;
    }
  }

  function waitForTick(sinceMs: number): void {
    isTickWaiting = true;
    nextTick(() => {
      isTickWaiting = false;
      ticks += 1;
      roundMs = nowMs() - sinceMs;
    });
  }

  arm();
  return {
    look() {
      const turn = { executionId: currentExecutionId(), microtasks, ticks, roundMs };
      const setMark = fulfil;
      if (setMark === null) return turn;
      fulfil = null;
      lookedMs = nowMs();
      setMark();
      return turn;
    },
  };
}
