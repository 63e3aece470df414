import { readFileSync } from 'node:fs';

/** Share of the time since `start` that a process's main thread was ready to run and got no CPU, 0..1; null where
 *  the system does not tell. It says how much of a late verdict is the machine's doing, not the agent's.
 *  Source: /proc/<pid>/task/<tid>/schedstat. */
export function watchStarvation(pid: number): () => number | null {
  const startMs = performance.now();
  const waitedBeforeMs = readRunQueueMs(pid);
  return () => {
    const waitedMs = readRunQueueMs(pid);
    if (waitedMs === null || waitedBeforeMs === null) return null;
    return Math.min(1, (waitedMs - waitedBeforeMs) / (performance.now() - startMs));
  };
}

function readRunQueueMs(pid: number): number | null {
  try {
    const waitedNs = Number(readFileSync(`/proc/${pid}/task/${pid}/schedstat`, 'latin1').split(' ')[1]);
    return Number.isFinite(waitedNs) ? waitedNs / 1e6 : null;
  } catch {
    return null;
  }
}
