import type { Parcel } from './parcel.js';
import { createRandom } from './random.js';
import type { Toxic } from './toxic.js';
import type { Deadline, Stage } from './toxics/toxic-type.js';

interface Attached {
  readonly toxic: Toxic;
  readonly stage: Stage;
  /** Number of this connection among those that the toxic has met. */
  readonly met: number;
  readonly attachedAtMs: number;
  /** When a per-request toxic first concerned an exchange; null before. */
  concernedAtMs: number | null;
}

/** When a connection ends, and which toxic ends it. */
export interface ToxicDeadline extends Deadline {
  readonly toxic: Toxic;
}

/** The toxics on one direction of one connection, in their order. */
export class Chain {
  /** True once data has been dropped. Nothing may pass any more: there would be a gap that nobody sees. */
  isBroken = false;
  /** True when deadline() may answer something else than before; whoever has asked again sets it back. */
  deadlineMoved = false;
  #attached: readonly Attached[] = [];
  readonly #seed: number;
  readonly #connection: number;

  constructor(seed: number, connection: number) {
    this.#seed = seed;
    this.#connection = connection;
  }

  get isEmpty(): boolean {
    return this.#attached.length === 0;
  }

  /** Takes the toxics that the proxy has now. One that stays keeps its state. */
  set(toxics: readonly Toxic[], nowMs: number): void {
    this.#attached = toxics.map(
      (toxic) => this.#attached.find((one) => one.toxic === toxic) ?? this.#attach(toxic, nowMs),
    );
    for (const { stage } of this.#attached) stage.rewind?.(nowMs);
    this.deadlineMoved = true;
  }

  /** What becomes of a parcel, taken one by one. */
  pass(parcel: Parcel): Iterator<Parcel> {
    let parcels: Iterable<Parcel> = [parcel];
    for (const attached of this.#attached) parcels = this.#through(parcels, attached);
    return parcels[Symbol.iterator]();
  }

  written(bytes: number): void {
    for (const { stage } of this.#attached) stage.written?.(bytes);
  }

  /** The nearest end that a toxic has set; null for none. */
  deadline(): ToxicDeadline | null {
    let nearest: ToxicDeadline | null = null;
    for (const attached of this.#attached) {
      const sinceMs = this.#since(attached);
      const deadline = sinceMs === null ? null : attached.stage.deadline?.(sinceMs);
      if (deadline && !(nearest && nearest.atMs <= deadline.atMs)) {
        nearest = { ...deadline, toxic: attached.toxic };
      }
    }
    return nearest;
  }

  /** Whether a toxic that drops data is still there to be blamed for the gap. */
  hasDropper(): boolean {
    return this.#attached.some(({ toxic }) => ['timeout', 'reset_peer'].includes(toxic.fields.type.type));
  }

  #attach(toxic: Toxic, nowMs: number): Attached {
    const { name, type, stream } = toxic.fields;
    const site = {
      attributes: () => toxic.fields.attributes,
      random: createRandom(this.#seed, name, stream, this.#connection),
      attachedAtMs: nowMs,
    };
    const met = toxic.met;
    toxic.met += 1;
    return { toxic, stage: type.start(site), met, attachedAtMs: nowMs, concernedAtMs: null };
  }

  #concerns({ toxic, met }: Attached, exchange: number): boolean {
    return toxic.concerns({ seed: this.#seed, connection: this.#connection, met }, exchange);
  }

  #since(attached: Attached): number | null {
    if (attached.toxic.fields.perRequest) return attached.concernedAtMs;
    return this.#concerns(attached, 0) ? attached.attachedAtMs : null;
  }

  *#through(parcels: Iterable<Parcel>, attached: Attached): Iterable<Parcel> {
    for (const parcel of parcels) {
      if (!this.#concerns(attached, parcel.exchange)) {
        yield parcel;
        continue;
      }
      if (attached.concernedAtMs === null) {
        attached.concernedAtMs = parcel.atMs;
        this.deadlineMoved = true;
      }
      let hasEffect = false;
      let isDropped = true;
      for (const left of attached.stage.pass(parcel)) {
        isDropped = false;
        if (left !== parcel && !hasEffect) attached.toxic.hit();
        hasEffect ||= left !== parcel;
        yield left;
      }
      if (!isDropped) continue;
      attached.toxic.hit();
      this.isBroken = true;
    }
  }
}
