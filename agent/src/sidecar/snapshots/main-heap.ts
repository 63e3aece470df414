import { openGate } from '../../protocol/gate.js';
import type { HeapAnswer, HeapRequest, HeapResult, HeapTask } from '../../protocol/heap-snapshot.js';
import { snapshotError } from './errors.js';

const pollMs = 100;

/** The sidecar's way to the heap of the main thread. */
export interface MainHeap {
  /** Resolves with what came of it. Rejects with ERR_FAULTLINE_SNAPSHOT_BLOCKED when the main thread has not begun
   *  in time, and with _STOPPED when it has not begun before `signal` aborts; it will not begin after that. What has begun cannot
   *  be stopped. */
  ask(task: HeapTask, signal: AbortSignal, onBegun?: () => void): Promise<HeapResult>;
  answer(answer: HeapAnswer): void;
}

export function createMainHeap(send: (request: HeapRequest) => void, beginLimitMs: number): MainHeap {
  const waiting = new Map<number, (result: HeapResult) => void>();
  let lastId = 0;
  return {
    ask(task, signal, onBegun = () => {}) {
      lastId += 1;
      const id = lastId;
      const gate = openGate();
      const startedMs = performance.now();
      return new Promise((resolve, reject) => {
        let begun = false;
        const look = (): void => {
          if (!begun && gate.hasPassed()) {
            begun = true;
            onBegun();
          }
          const isLate = performance.now() - startedMs > beginLimitMs;
          if (begun || !(isLate || signal.aborted) || !gate.shut()) return;
          settle();
          reject(signal.aborted ? stopped() : blocked(beginLimitMs));
        };
        const poll = setInterval(look, pollMs).unref();
        signal.addEventListener('abort', look);
        const settle = (): void => {
          clearInterval(poll);
          signal.removeEventListener('abort', look);
          waiting.delete(id);
        };
        waiting.set(id, (result) => {
          settle();
          resolve(result);
        });
        send({ type: 'heap-request', id, task, gate: gate.buffer });
      });
    },
    answer: ({ id, result }) => waiting.get(id)?.(result),
  };
}

const stopped = () => snapshotError('stopped', 'Nobody waits for the snapshot any more.');
const blocked = (limitMs: number) =>
  snapshotError('blocked', `The main thread did not begin within ${limitMs / 1_000} s: its loop is blocked.`);
