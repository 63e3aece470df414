import { monotonicMs } from './clock.js';

const flagSlots = 5;
const beatSlot = 0;
const exitingSlot = 1;
const sessionSlot = 2;
const inspectorSlot = 3;
const writingSlot = 4;
/** The operation that runs, and a number for the one who writes it. */
const operationOffset = 32;
const operationSlots = 2;
const timesOffset = 64;
const timeSlots = 4;

/** Memory that the main thread and the sidecar share. The main thread beats; the sidecar looks. */
export interface Heartbeat {
  readonly buffer: SharedArrayBuffer;
  /** Main thread: the loop turned just now, and will again within `nextMs`. Returns the time written, in ms of
   *  monotonicMs(). A time since the beat before that is longer than `notableGapMs` is kept as lastGap(); it must be
   *  longer than the interval of the beats, or the first beat after a stall would hide it from the sidecar. */
  beat(notableGapMs: number, nextMs: number): number;
  /** Number of beats so far, modulo 2^32. */
  beats(): number;
  /** Time of the newest beat in ms of monotonicMs(). */
  lastBeatMs(): number;
  /** When the next beat is due, in ms of monotonicMs(). */
  dueMs(): number;
  /** The newest long time between two beats: when it ended on monotonicMs(), and how long it was. Unit: ms.
   *  Both 0 before the first one. */
  lastGap(): { readonly endedMs: number; readonly gapMs: number };
  /** Main thread: the TCP port on which a developer's debugger may attach; 0 for none. */
  setInspectorPort(port: number): void;
  inspectorPort(): number;
  /** Main thread: where the synchronous call that runs now leaves its number, see operations. */
  readonly operationSlots: Int32Array;
  /** Number of the synchronous call that the main thread is in; 0 for none. */
  operation(): number;
  /** Sidecar: one more inspector session to the main thread is open, or one less. */
  setSessionOpen(open: boolean): void;
  /** Main thread, while it exits: asks the sidecar to let go and waits until it has, `limitMs` at the most.
   *  An open session at exit would make Node print a line and wait for the debugger; a file that is being written
   *  would be left behind. */
  releaseForExit(limitMs: number): void;
  /** Sidecar: does something that must not happen any more once releaseForExit() has returned. Returns whether it was
   *  done; it is not while the main thread exits. */
  beforeExit(work: () => void): boolean;
  /** Sidecar: whether the main thread is exiting; then no new session may be opened. */
  exiting(): boolean;
}

/** A view of shared memory; without a buffer, of new memory. */
export function openHeartbeat(
  buffer = new SharedArrayBuffer(timesOffset + timeSlots * Float64Array.BYTES_PER_ELEMENT),
): Heartbeat {
  const flags = new Int32Array(buffer, 0, flagSlots);
  const operation = new Int32Array(buffer, operationOffset, operationSlots);
  const times = new Float64Array(buffer, timesOffset, timeSlots);
  let sessions = 0;
  return {
    buffer,
    beat(notableGapMs, nextMs) {
      const now = monotonicMs();
      const gapMs = now - times[0]!;
      if (gapMs > notableGapMs && times[0] !== 0) {
        times[1] = now;
        times[2] = gapMs;
      }
      times[0] = now;
      times[3] = now + nextMs;
      Atomics.add(flags, beatSlot, 1);
      return now;
    },
    beats: () => Atomics.load(flags, beatSlot),
    lastBeatMs: () => times[0]!,
    dueMs: () => times[3]!,
    lastGap: () => ({ endedMs: times[1]!, gapMs: times[2]! }),
    setInspectorPort: (port) => void Atomics.store(flags, inspectorSlot, port),
    inspectorPort: () => Atomics.load(flags, inspectorSlot),
    operationSlots: operation,
    operation: () => Atomics.load(operation, 0),
    setSessionOpen(open) {
      sessions = Math.max(0, sessions + (open ? 1 : -1));
      Atomics.store(flags, sessionSlot, sessions > 0 ? 1 : 0);
      if (sessions === 0) Atomics.notify(flags, sessionSlot);
    },
    releaseForExit(limitMs) {
      const endMs = monotonicMs() + limitMs;
      Atomics.store(flags, exitingSlot, 1);
      Atomics.wait(flags, sessionSlot, 1, limitMs);
      Atomics.wait(flags, writingSlot, 1, Math.max(0, endMs - monotonicMs()));
    },
    beforeExit(work) {
      // Each side raises its own flag first and looks at the other's then: at least one of them sees the other.
      Atomics.store(flags, writingSlot, 1);
      try {
        if (Atomics.load(flags, exitingSlot) === 1) return false;
        work();
        return true;
      } finally {
        Atomics.store(flags, writingSlot, 0);
        Atomics.notify(flags, writingSlot);
      }
    },
    exiting: () => Atomics.load(flags, exitingSlot) === 1,
  };
}
