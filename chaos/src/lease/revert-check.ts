import { messageOf } from '../errors.js';
import type { FaultSignal, RunningFault } from '../fault.js';
import type { Revert } from './lease.js';

/** Unit: ms. Requests that had begun before the fault was stopped may still run its code for this long. */
const settleMs = 1000;

/** Watches the signal of a fault that has been stopped. */
export interface RevertCheck {
  read(): Revert;
  close(): void;
}

/** Stops a fault and starts to verify by its own signal that it is gone: work under way may still count for a
 *  moment, and after that the number must stand still. */
export function stopAndCheck(fault: RunningFault): RevertCheck {
  let error: string | null = null;
  try {
    fault.stop();
  } catch (thrown) {
    error = messageOf(thrown);
  }
  const hitsAtEnd = readSignal(fault).hits;
  let hitsSettled: number | null = null;
  const timer = setTimeout(() => {
    hitsSettled = readSignal(fault).hits;
  }, settleMs);
  timer.unref();

  return {
    read() {
      const { hits } = readSignal(fault);
      const verified = hitsSettled === null ? null : hits === hitsSettled;
      return { verified: error === null ? verified : false, hitsAtEnd, hitsSince: hits - hitsAtEnd, error };
    },
    close: () => clearTimeout(timer),
  };
}

/** The fault's signal; nothing seen when the service cannot say. */
export function readSignal(fault: RunningFault): FaultSignal {
  try {
    const { hits, firstHitAt, lastHitAt } = fault.signal();
    return { hits, firstHitAt, lastHitAt };
  } catch {
    return { hits: 0, firstHitAt: null, lastHitAt: null };
  }
}
