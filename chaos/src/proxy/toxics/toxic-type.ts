import type { Parcel } from '../parcel.js';

/** One attribute of a toxic. */
export interface AttributeRow {
  /** Null when it must be given. */
  readonly fallback: number | null;
  readonly min: number;
  readonly max: number;
  /** What it means, with its unit. */
  readonly meaning: string;
}

/** What a toxic knows of the one direction of the one connection that it sits on. */
export interface Site<Name extends string> {
  /** As they are now: they may be changed while the connection lasts. */
  attributes(): Readonly<Record<Name, number>>;
  /** A number in [0, 1) that the seed decides. */
  random(): number;
  /** When it came onto the connection. Unit: ms of `performance.now()`. */
  readonly attachedAtMs: number;
}

/** When a toxic ends the connection by itself, and how. */
export interface Deadline {
  readonly atMs: number;
  readonly how: 'cut' | 'reset';
}

/** A toxic at work on one direction of one connection. */
export interface Stage {
  /** What leaves for what has come. Taken one by one, and never further than what has been written: a toxic may
   *  therefore keep nothing back. The same parcel means that it had no effect. */
  pass(parcel: Parcel): Iterable<Parcel>;
  /** So many bytes have been written to the receiver. */
  written?(bytes: number): void;
  /** Work on a parcel was broken off; it will come again. */
  rewind?(nowMs: number): void;
  /** When the connection ends; `sinceMs` is when the toxic first concerned it. */
  deadline?(sinceMs: number): Deadline | null;
}

/** One kind of toxic. */
export interface ToxicType<Name extends string = string> {
  readonly type: string;
  readonly attributes: Readonly<Record<Name, AttributeRow>>;
  start(site: Site<Name>): Stage;
}

/** Unit: ms. An hour: longer than any client waits. */
export const longestMs = 3_600_000;
