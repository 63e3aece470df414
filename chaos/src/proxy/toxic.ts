import { drawFor } from './random.js';
import type { ToxicType } from './toxics/toxic-type.js';

/** `upstream` is from the client to the server, `downstream` from the server to the client. */
export type StreamName = 'upstream' | 'downstream';

/** What somebody asked for. */
export interface ToxicFields {
  readonly name: string;
  readonly type: ToxicType;
  readonly stream: StreamName;
  /** Share of the connections, or of the exchanges, that it concerns: 0 to 1. */
  readonly toxicity: number;
  readonly attributes: Readonly<Record<string, number>>;
  /** Whether the draw is made anew for each exchange of a connection; see Parcel.exchange. */
  readonly perRequest: boolean;
  /** Only so many connections, in their order, those that were open first; null for all. */
  readonly firstConnections: number | null;
  /** It goes by itself after so many ms; null for never. */
  readonly ttlMs: number | null;
}

/** A connection as a toxic sees it. */
export interface Concerned {
  readonly seed: number;
  /** Number of the connection, counted since the proxy came up. */
  readonly connection: number;
  /** Number of the connection among those that the toxic has met, from 0. */
  readonly met: number;
}

/** A toxic of one proxy: what was asked for, and what it has done. */
export class Toxic {
  fields: ToxicFields;
  /** Connections that it has met. */
  met = 0;
  /** Pieces of data that it has changed the course of, and connections that it has ended. */
  hits = 0;
  /** Unit: ms since the epoch; null before the first hit. */
  firstHitAt: number | null = null;
  lastHitAt: number | null = null;
  /** Unit: ms since the epoch; null without a TTL. */
  expiresAt: number | null = null;
  readonly #onExpired: (toxic: Toxic) => void;
  #timer: NodeJS.Timeout | null = null;

  constructor(fields: ToxicFields, onExpired: (toxic: Toxic) => void) {
    this.fields = fields;
    this.#onExpired = onExpired;
    this.#keepTime();
  }

  /** Takes new fields. A TTL starts anew, also when it is the same. */
  update(fields: ToxicFields): void {
    this.fields = fields;
    this.#keepTime();
  }

  /** Whether it concerns an exchange of a connection. Depends on seed and numbers alone. */
  concerns({ seed, connection, met }: Concerned, exchange: number): boolean {
    const { name, toxicity, perRequest, firstConnections } = this.fields;
    if (firstConnections !== null && met >= firstConnections) return false;
    if (toxicity >= 1) return true;
    const keys = perRequest ? [seed, name, connection, exchange] : [seed, name, connection];
    return drawFor(...keys) < toxicity;
  }

  hit(): void {
    this.hits += 1;
    this.lastHitAt = Date.now();
    this.firstHitAt ??= this.lastHitAt;
  }

  /** Forgets the time. */
  close(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
  }

  #keepTime(): void {
    this.close();
    const { ttlMs } = this.fields;
    this.expiresAt = ttlMs === null ? null : Date.now() + ttlMs;
    if (ttlMs === null) return;
    this.#timer = setTimeout(() => this.#onExpired(this), ttlMs);
    this.#timer.unref();
  }
}
