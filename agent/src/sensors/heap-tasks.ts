import { renameSync, rmSync, statSync } from 'node:fs';
import { Session } from 'node:inspector';
import { getHeapStatistics, writeHeapSnapshot } from 'node:v8';
import { monotonicMs } from '../protocol/clock.js';
import { openGate } from '../protocol/gate.js';
import type { HeapProfile } from '../protocol/heap-profile.js';
import {
  type HeapRequest,
  type HeapResult,
  type HeapTask,
  unfinishedEnding,
} from '../protocol/heap-snapshot.js';
import { inspectorPort } from './inspector-port.js';
import { readMarked } from './marked-reading.js';
import { mayNotInspect } from './thread.js';

/** V8 tells its counts on a timer of 50 ms; a loop that is busy tells them later. */
const countLimitMs = 5_000;

/** Does what the sidecar asks for with the heap of this thread; null when it has been taken back meanwhile. Never
 *  rejects. */
export type RunHeapTask = (request: Pick<HeapRequest, 'task' | 'gate'>) => Promise<HeapResult | null>;

/** `readProfile` tells what has been sampled of the allocations.
 *  Source: v8.writeHeapSnapshot(), CDP HeapProfiler.startTrackingHeapObjects. */
export function createHeapTasks(readProfile: () => HeapProfile | null): RunHeapTask {
  return async ({ task, gate }) => {
    if (!openGate(gate).pass()) return null;
    try {
      return await run(task, readProfile);
    } catch (error) {
      const { code = null, message = String(error) } = error as NodeJS.ErrnoException;
      return { step: 'failed', code, message };
    }
  };
}

async function run(task: HeapTask, readProfile: () => HeapProfile | null): Promise<HeapResult> {
  if (task.step === 'write') return write(task.path);
  if (task.step === 'profile')
    return { step: 'profiled', profile: await readMarked(task.afterMs, readProfile) };
  const { used_heap_size: usedBytes } = getHeapStatistics();
  return { step: 'counted', objects: mayInspect() ? await countObjects() : null, usedBytes };
}

/** A developer who follows the heap would lose the numbers of the objects when another session lets them go. */
const mayInspect = (): boolean => inspectorPort() === 0 && mayNotInspect() === null;

/** Everything happens between two turns of the loop, so that no exit of the process can find a file half written. */
function write(path: string): HeapResult {
  const unfinished = path + unfinishedEnding;
  const startedMs = monotonicMs();
  try {
    // Node creates the file for its owner only, and throws when the disk does not take all of it.
    writeHeapSnapshot(unfinished);
    renameSync(unfinished, path);
  } catch (error) {
    rmSync(unfinished, { force: true });
    throw error;
  }
  forgetObjects();
  return { step: 'written', bytes: statSync(path).size, pauseMs: monotonicMs() - startedMs };
}

/** V8 goes on following every object that it has seen, which takes memory and makes collections slower, until a
 *  session of the inspector ends. */
function forgetObjects(): void {
  if (!mayInspect()) return;
  const session = new Session();
  session.connect();
  session.disconnect();
}

/** Number of objects on the heap. V8 tells it by age: each update names an age, its objects and their bytes. */
async function countObjects(): Promise<number | null> {
  const session = new Session();
  session.connect();
  const counts = new Map<number, number>();
  let timer: NodeJS.Timeout | null = null;
  try {
    const told = new Promise<void>((resolve) => {
      session.on('HeapProfiler.heapStatsUpdate', ({ params: { statsUpdate } }) => {
        for (let at = 0; at + 2 < statsUpdate.length; at += 3)
          counts.set(statsUpdate[at]!, statsUpdate[at + 1]!);
        resolve();
      });
      timer = setTimeout(resolve, countLimitMs).unref();
    });
    session.post('HeapProfiler.enable');
    session.post('HeapProfiler.startTrackingHeapObjects', { trackAllocations: false });
    await told;
  } catch {
    return null;
  } finally {
    if (timer !== null) clearTimeout(timer);
    session.disconnect();
  }
  const objects = [...counts.values()].reduce((sum, count) => sum + count, 0);
  return objects > 0 ? objects : null;
}
