import type { RunningFault } from '@faultline/chaos';
import type { OnHarm, TwinSwitch } from './twin-switch.js';

/** A twin that keeps memory, with the way to let go of it. */
interface KeepingTwin<Part> {
  readonly part: Part;
  clear(): void;
}

/** The fault's record outlives the fault, so the stop lets go of what the twin has kept. */
export function useKeepingTwin<Part>(
  twins: TwinSwitch<Part>,
  makeTwin: (onHarm: OnHarm) => KeepingTwin<Part>,
): RunningFault {
  let clear = (): void => {};
  const fault = twins.use((onHarm) => {
    const twin = makeTwin(onHarm);
    clear = twin.clear;
    return twin.part;
  });
  return {
    signal: fault.signal,
    stop() {
      fault.stop();
      clear();
    },
  };
}
