import type { FaultSignal } from '@faultline/chaos';

/** Notes when a fault has done harm. */
export function createHarm(): { readonly note: () => void; readonly signal: () => FaultSignal } {
  let hits = 0;
  let firstHitAt: number | null = null;
  let lastHitAt: number | null = null;
  return {
    note() {
      hits += 1;
      lastHitAt = Date.now();
      firstHitAt ??= lastHitAt;
    },
    signal: () => ({ hits, firstHitAt, lastHitAt }),
  };
}
