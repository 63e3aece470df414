import type { RunningFault } from '../fault.js';

interface LeakOptions {
  /** Handles that each view leaves. */
  readonly perView: number;
  readonly expired: () => boolean;
}

/** What a service offers so that its counting of views can be made to leak. Their stop lets go of what was left. */
export interface ViewCountsContext {
  readonly viewCounts: {
    /** Leaves a timer with each view. */
    useTimerTwin(options: LeakOptions): RunningFault;
    /** Leaves a listener with each view. */
    useListeningTwin(options: LeakOptions): RunningFault;
    /** Leaves a socket with each view, or with some of them. */
    useSocketTwin(options: LeakOptions): RunningFault;
  };
}
