import crypto from 'node:crypto';
import { metricCatalog } from '../../catalog/metrics.js';
import { monotonicMs } from '../../protocol/clock.js';
import { createHistogram } from '../../protocol/histogram.js';
import type { ThreadpoolReading } from '../../protocol/threadpool.js';

/** As it was before anybody put a wrapper or a test double there. */
const { randomBytes } = crypto;

/** One task for the pool. Calls back on the main thread when it is done; may throw when it could not be sent. */
export type SendTask = (done: () => void) => void;

/** One random byte needs no file, no permission and no name server, so that only the pool can make it late. */
const sendRandomByte: SendTask = (done) => randomBytes(1, done);

/** Sends one probe after the other through the pool, never two at once. */
export interface PoolProbe {
  /** The waits up to now; then sends the next probe if none is out. */
  read(): Pick<ThreadpoolReading, 'wait' | 'waitMs'>;
}

/** `lateMs` is how late the own loop has been since the start: what it grew by during a probe is taken off. The first
 *  reading sends nothing: a host may still choose the size of the pool, and a short script is left alone. A probe
 *  that is out cannot be taken back; it stands in the queue behind the host's own tasks and takes 10 to 20 µs. */
export function createPoolProbe(
  lateMs: (nowMs: number) => number,
  send: SendTask = sendRandomByte,
  now: () => number = monotonicMs,
): PoolProbe {
  const histogram = createHistogram(metricCatalog.threadpoolWait.buckets ?? []);
  let out: { readonly sentMs: number; readonly lateMs: number } | null = null;
  let isFirst = true;
  let longestMs: number | null = null;

  const record = (): void => {
    if (out === null) return;
    const nowMs = now();
    const waitMs = Math.max(0, nowMs - out.sentMs - (lateMs(nowMs) - out.lateMs));
    histogram.record(waitMs / 1_000);
    longestMs = Math.max(longestMs ?? 0, waitMs);
  };
  const sendNext = (): void => {
    const nowMs = now();
    send(() => {
      record();
      out = null;
    });
    out = { sentMs: nowMs, lateMs: lateMs(nowMs) };
  };

  return {
    read() {
      record();
      const waitMs = longestMs;
      longestMs = null;
      if (out === null && !isFirst) sendNext();
      isFirst = false;
      return { wait: histogram.read(), waitMs };
    },
  };
}
