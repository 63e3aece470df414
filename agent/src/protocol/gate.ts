const open = 0;
const passed = 1;
const shut = 2;

/** A request from one thread to another that may be taken back until the other one has begun. */
export interface Gate {
  readonly buffer: SharedArrayBuffer;
  /** The thread that does the work: whether it may begin. */
  pass(): boolean;
  /** The thread that asked: whether the request could be taken back. */
  shut(): boolean;
  /** Whether the work has begun. */
  hasPassed(): boolean;
}

/** A view of shared memory; without a buffer, of new memory. */
export function openGate(buffer = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT)): Gate {
  const slot = new Int32Array(buffer);
  return {
    buffer,
    pass: () => Atomics.compareExchange(slot, 0, open, passed) === open,
    shut: () => Atomics.compareExchange(slot, 0, open, shut) === open,
    hasPassed: () => Atomics.load(slot, 0) === passed,
  };
}
