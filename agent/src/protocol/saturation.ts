import type { StackSample } from './stack.js';

/** How busy the event loop was during about one second. */
export interface BusyWindow {
  /** 0..1; null when it could not be read. */
  readonly utilization: number | null;
  /** Time within it that stalls took. Unit: ms. */
  readonly stalledMs: number;
  /** Time within it that collections of garbage took. Unit: ms. */
  readonly collectedMs: number;
}

/** Looks at the running stack at random times, while the loop was never silent for long. */
export interface Survey {
  /** When it began, on monotonicMs(). Unit: ms. */
  readonly startedMs: number;
  /** Unit: ms. */
  readonly durationMs: number;
  /** Oldest first. */
  readonly samples: readonly StackSample[];
  /** Looks at which each synchronous call was running, such as `fs.readFileSync`. */
  readonly operations: Readonly<Record<string, number>>;
  /** Number of looks at `operations`. */
  readonly looks: number;
}
