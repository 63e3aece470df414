import type { OnHarm } from '../../twin-switch.js';
import type { CountView } from './view-counts.js';

/** What the leaking twins are made with. */
export interface LeakingOptions {
  /** Timers, listeners or sockets that each view leaves. */
  readonly perView: number;
  /** Whether the twin should be gone by now; then it leaves nothing more. */
  readonly expired: () => boolean;
  /** Called when a view has left something. */
  readonly onLeave: OnHarm;
}

/** A twin that can be made to let go of what it holds. */
export interface LeakingViewCounts {
  readonly countView: CountView;
  clear(): void;
}

/** The fault ends here, whatever its lease says: some 10 MB. */
export const leftMax = 20_000;
