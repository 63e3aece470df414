import type { Stage, ToxicType } from './toxic-type.js';

/** Unit: ms. A chunk is handed on in pieces that take no longer than this, so that it trickles. */
const pieceMs = 50;

/** No more than `rate` kilobytes (of 1000 bytes) a second; with 0 nothing passes. */
export const bandwidth: ToxicType<'rate'> = {
  type: 'bandwidth',
  attributes: {
    rate: { fallback: 0, min: 0, max: 100_000_000, meaning: 'Kilobytes a second; 0 lets nothing through.' },
  },
  start: ({ attributes }): Stage => {
    // The line is in use until then. Time is reckoned, not measured, so that late timers do not add up. A receiver that
    // takes nothing for a while therefore gets what came meanwhile at once: what one queue holds at the most.
    let freeAtMs = Number.NEGATIVE_INFINITY;
    return {
      *pass(parcel) {
        if (parcel.kind !== 'data') {
          yield parcel;
          return;
        }
        const { rate: bytesPerMs } = attributes();
        const size = Math.max(1, Math.floor(bytesPerMs * pieceMs));
        for (let start = 0; start < parcel.data.byteLength; start += size) {
          const data = parcel.data.subarray(start, start + size);
          freeAtMs = Math.max(freeAtMs, parcel.atMs) + data.byteLength / bytesPerMs;
          yield { ...parcel, data, atMs: freeAtMs };
        }
      },
      rewind(nowMs) {
        freeAtMs = Math.min(freeAtMs, nowMs);
      },
    };
  },
};
