import { parentPort, workerData } from 'node:worker_threads';
import { expiredCell, freeCell, monotonicMs, type TimekeeperMemory } from './timekeeper-memory.js';

/** The thread that keeps the leases. It sleeps until the earliest deadline, marks what is over in shared memory,
 *  and only then tells the main thread, which may be blocked by the very fault whose time is up. */
function keep({ deadlines, wake }: TimekeeperMemory): void {
  for (;;) {
    const seen = Atomics.load(wake, 0);
    let nextMs = Number.POSITIVE_INFINITY;
    for (let slot = 0; slot < deadlines.length; slot += 1) {
      const deadline = Atomics.load(deadlines, slot);
      if (deadline === freeCell || deadline === expiredCell) continue;
      const leftMs = Number(deadline - monotonicMs());
      if (leftMs > 0) {
        nextMs = Math.min(nextMs, leftMs);
        continue;
      }
      // A renewal that came in between has changed the cell, and then nothing has expired.
      if (Atomics.compareExchange(deadlines, slot, deadline, expiredCell) === deadline) {
        parentPort?.postMessage({ expired: slot });
      } else {
        nextMs = 0;
      }
    }
    Atomics.wait(wake, 0, seen, nextMs);
  }
}

parentPort?.postMessage({ ready: true });
keep(workerData as TimekeeperMemory);
