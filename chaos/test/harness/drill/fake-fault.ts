import type { Fault } from '../../../src/index.js';

/** What the fault is doing. Times in ms since the epoch. */
export interface FaultState {
  running: boolean;
  hits: number;
  firstHitAt: number | null;
  lastHitAt: number | null;
}

export interface FakeFault {
  readonly fault: Fault<null, 'size'>;
  readonly state: FaultState;
  /** A request runs the code that the fault may have replaced. */
  hit(): void;
}

/** A fault that does harm only in its books. */
export function createFakeFault(log: (line: string) => void): FakeFault {
  const state: FaultState = { running: false, hits: 0, firstHitAt: null, lastHitAt: null };
  return {
    state,
    hit() {
      if (!state.running) return;
      state.hits += 1;
      state.lastHitAt = Date.now();
      state.firstHitAt ??= state.lastHitAt;
    },
    fault: {
      id: 'fake-fault',
      breaks: 'Nothing but the books.',
      parameters: { size: { fallback: 1, min: 1, max: 9, meaning: 'nothing' } },
      mustCause: 'event-loop-stall',
      mustNotCause: [],
      start({ size }) {
        state.running = true;
        log(`fault started with size ${size}`);
        return {
          signal: () => ({ hits: state.hits, firstHitAt: state.firstHitAt, lastHitAt: state.lastHitAt }),
          stop() {
            state.running = false;
            log('fault stopped');
          },
        };
      },
    },
  };
}
