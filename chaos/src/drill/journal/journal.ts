import type { Json } from '../experiment.js';

/** How an experiment ended. */
export type JournalStatus = 'completed' | 'failed' | 'aborted' | 'interrupted';

/** One activity that ran. Times are ISO 8601 with offset. */
export interface ActivityRun {
  readonly activity: Json;
  readonly output: Json;
  readonly start: string;
  readonly end: string;
  /** Unit: s. */
  readonly duration: number;
  readonly status: 'succeeded' | 'failed';
  /** Lines of text, as Chaos Toolkit has them. */
  readonly exception?: readonly string[];
  /** Only for probes with a tolerance. */
  readonly tolerance_met?: boolean;
}

/** One look at the steady state. */
export interface SteadyState {
  readonly steady_state_met: boolean;
  readonly probes: readonly ActivityRun[];
}

/** Chaos Toolkit's journal, with what Faultline saw under `faultline`. */
export interface Journal {
  readonly 'chaoslib-version': string;
  readonly platform: string;
  readonly node: string;
  readonly experiment: Json;
  readonly start: string;
  readonly end: string;
  /** Unit: s. */
  readonly duration: number;
  readonly status: JournalStatus;
  /** True when the steady state did not hold after the method. */
  readonly deviated: boolean;
  readonly steady_states: {
    readonly before: SteadyState | null;
    readonly after: SteadyState | null;
    readonly during: readonly SteadyState[];
  };
  readonly run: readonly ActivityRun[];
  readonly rollbacks: readonly ActivityRun[];
  readonly faultline: Json;
}

/** ISO 8601 with the offset written out, as Chaos Toolkit writes it. */
export function isoWithOffset(ms: number): string {
  return new Date(ms).toISOString().replace('Z', '+00:00');
}
