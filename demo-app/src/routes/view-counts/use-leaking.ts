import type { RunningFault } from '@faultline/chaos';
import { useKeepingTwin } from '../../twin-keeping.js';
import type { TwinSwitch } from '../../twin-switch.js';
import type { LeakingOptions, LeakingViewCounts } from './twin-options.js';
import type { CountView } from './view-counts.js';

type LeavingTwin = (options: Omit<LeakingOptions, 'onLeave'>) => RunningFault;

/** The stop lets go of the timers and listeners that the twin has left. */
export const useLeakingViews =
  (countView: TwinSwitch<CountView>, make: (options: LeakingOptions) => LeakingViewCounts): LeavingTwin =>
  (options) =>
    useKeepingTwin(countView, (onLeave) => {
      const twin = make({ ...options, onLeave });
      return { part: twin.countView, clear: twin.clear };
    });
