/** What the main thread and the timekeeper share. */
export interface TimekeeperMemory {
  /** One cell a lease: its deadline on the monotonic clock in ms, or one of the marks below. */
  readonly deadlines: BigInt64Array<SharedArrayBuffer>;
  /** Raised and notified whenever a deadline has changed. */
  readonly wake: Int32Array<SharedArrayBuffer>;
}

/** A cell that no lease uses. */
export const freeCell = 0n;
/** A cell whose lease is over; only the timekeeper writes it. */
export const expiredCell = -1n;

/** Time on a clock that never jumps and that all threads of the process read alike. Unit: ms. */
export const monotonicMs = (): bigint => process.hrtime.bigint() / 1_000_000n;

/** Memory for that many leases. */
export function createTimekeeperMemory(slots: number): TimekeeperMemory {
  return {
    deadlines: new BigInt64Array(new SharedArrayBuffer(slots * BigInt64Array.BYTES_PER_ELEMENT)),
    wake: new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT)),
  };
}
