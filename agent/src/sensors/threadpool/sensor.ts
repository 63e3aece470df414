import type { ThreadpoolReading } from '../../protocol/threadpool.js';
import type { Sensor } from '../sensor.js';
import { countPoolCalls } from './calls.js';
import { createPoolProbe } from './probe.js';

/** What libuv makes without UV_THREADPOOL_SIZE, and the most it takes. */
const defaultThreads = 4;
const threadsMost = 1_024;

/** How long work waits for a thread of libuv's pool, and which calls are pending there. `lateMs` is how late the own
 *  loop has been since the start, in ms. Without `counts` the calls are null. */
export function startThreadpoolSensor(
  lateMs: (nowMs: number) => number,
  counts: boolean,
): Sensor<ThreadpoolReading> {
  const probe = createPoolProbe(lateMs);
  const calls = counts ? countPoolCalls() : null;
  let threads: number | null = null;
  return {
    read() {
      const reading = probe.read();
      // Later changes of the variable change nothing: libuv reads it with the first task.
      if (reading.waitMs !== null) threads ??= poolSize(process.env.UV_THREADPOOL_SIZE);
      return { ...reading, threads: threads ?? defaultThreads, calls: calls?.pending() ?? null };
    },
    close: () => calls?.close(),
  };
}

/** Number of threads that libuv makes of a value of UV_THREADPOOL_SIZE: at least one, at most 1,024. */
export function poolSize(value: string | undefined): number {
  if (value === undefined) return defaultThreads;
  const wanted = Number.parseInt(value, 10);
  return Number.isNaN(wanted) ? 1 : Math.min(threadsMost, Math.max(1, wanted));
}
