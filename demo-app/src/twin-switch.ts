import type { RunningFault } from '@faultline/chaos';

/** Called by a bad twin when it does harm, with the time in ms since the epoch at which the harm began. */
export type OnHarm = (beganAtMs?: number) => void;

/** Chooses between a part of the service and its bad twin. */
export interface TwinSwitch<Part> {
  /** The part that a request should use now. */
  current(): Part;
  /** Puts a twin in the good one's place and counts the harm that it does. */
  use(makeTwin: (onHarm: OnHarm) => Part): RunningFault;
}

/** Starts with the good part. A later twin wins over an earlier one, and a stop puts the good part back only if its
 *  own twin is still in place. */
export function createTwinSwitch<Part>(good: Part): TwinSwitch<Part> {
  let current = good;
  return {
    current: () => current,
    use(makeTwin) {
      let hits = 0;
      let firstHitAt: number | null = null;
      let lastHitAt: number | null = null;
      const twin = makeTwin((beganAtMs = Date.now()) => {
        hits += 1;
        lastHitAt = beganAtMs;
        firstHitAt ??= beganAtMs;
      });
      current = twin;
      return {
        signal: () => ({ hits, firstHitAt, lastHitAt }),
        stop() {
          if (current === twin) current = good;
        },
      };
    },
  };
}
