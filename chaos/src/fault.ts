/** One number that a fault can be started with. */
export interface ParameterRow {
  readonly fallback: number;
  readonly min: number;
  readonly max: number;
  /** What it means, with its unit. */
  readonly meaning: string;
}

/** What a fault has done so far, read from the service itself: the first-order signal that it took hold. */
export interface FaultSignal {
  /** How often the faulty code has run. 0 means that the fault has not taken hold yet. */
  readonly hits: number;
  /** Time in ms since the epoch when the faulty code first began to do harm; null before. */
  readonly firstHitAt: number | null;
  /** Time in ms since the epoch when the faulty code last began to do harm; null before. */
  readonly lastHitAt: number | null;
}

/** A fault that has been started and can be stopped. */
export interface RunningFault {
  signal(): FaultSignal;
  /** Puts the good twin back. Must not throw, and must be harmless when called twice. */
  stop(): void;
}

/** What a running fault may know of the lease that it runs under. */
export interface FaultLease {
  /** True once the lease has ended. Set by another thread, so that a long loop of a fault that blocks the main
   *  thread can poll it and give up; cheap enough to be asked every few milliseconds. */
  expired(): boolean;
}

/** Something that breaks a service on purpose. `Context` is what the service hands out so that it can be broken. */
export interface Fault<Context, Name extends string = string> {
  readonly id: string;
  /** One sentence: which good part is replaced by which bad one. */
  readonly breaks: string;
  readonly parameters: Readonly<Record<Name, ParameterRow>>;
  /** Incident kind that must result. */
  readonly mustCause: string;
  /** Incident kinds that look alike and must not result. */
  readonly mustNotCause: readonly string[];
  start(parameters: Readonly<Record<Name, number>>, context: Context, lease: FaultLease): RunningFault;
}
