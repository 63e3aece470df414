/** A piece of one direction of a connection. Toxics give it another time, cut it up or drop it; they never change
 *  a byte or the order. */
export interface Parcel {
  /** `data`; `end`, the sender's half-close; `cut`, the end of the whole connection; or `reset`, the same by a TCP RST. */
  readonly kind: 'data' | 'end' | 'cut' | 'reset';
  /** Empty unless `kind` is `data`. */
  readonly data: Buffer;
  /** When it leaves the toxic, first when it came. Unit: ms of `performance.now()`, with fractions. */
  readonly atMs: number;
  /** Which exchange of the connection it belongs to: a new one begins when the client speaks after the server has.
   *  For HTTP/1.1 without pipelining that is the number of the request. */
  readonly exchange: number;
}

const nothing = Buffer.alloc(0);

/** A parcel without data. */
export function marker(kind: 'end' | 'cut' | 'reset', atMs: number, exchange: number): Parcel {
  return { kind, data: nothing, atMs, exchange };
}
