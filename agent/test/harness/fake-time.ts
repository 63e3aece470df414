import type { TestContext } from 'node:test';

/** Stands in for process.hrtime(), from which the agent's clock is made. */
export interface MockedClock {
  now(): number;
  /** Moves the clock on. Unit: ms. */
  pass(ms: number): void;
}

/** Replaces the clock until the test ends. */
export function mockClock(t: TestContext, startMs: number): MockedClock {
  let now = startMs;
  t.mock.method(process, 'hrtime', (): [number, number] => {
    const seconds = Math.floor(now / 1_000);
    return [seconds, (now - seconds * 1_000) * 1e6];
  });
  return {
    now: () => now,
    pass(ms) {
      now += ms;
    },
  };
}

/** A clock with timers that run when the test says so: nothing sleeps. */
export interface FakeTime extends MockedClock {
  /** Runs `work` after `delayMs`; returns what cancels it. */
  schedule(delayMs: number, work: () => void): () => void;
  /** Runs every timer that is due within `ms`, in order, and what they resolve. */
  advance(ms: number): Promise<void>;
  /** Timers that wait. */
  pending(): number;
}

interface Timer {
  readonly dueMs: number;
  readonly work: () => void;
}

export function fakeTime(t: TestContext, startMs = 10_000): FakeTime {
  const clock = mockClock(t, startMs);
  const timers = new Set<Timer>();
  const nextWithin = (endMs: number): Timer | undefined =>
    [...timers].filter(({ dueMs }) => dueMs <= endMs).sort((a, b) => a.dueMs - b.dueMs)[0];
  return {
    ...clock,
    pending: () => timers.size,
    schedule(delayMs, work) {
      const timer = { dueMs: clock.now() + delayMs, work };
      timers.add(timer);
      return () => void timers.delete(timer);
    },
    async advance(ms) {
      const endMs = clock.now() + ms;
      for (let timer = nextWithin(endMs); timer !== undefined; timer = nextWithin(endMs)) {
        timers.delete(timer);
        clock.pass(Math.max(0, timer.dueMs - clock.now()));
        timer.work();
        await settle();
      }
      clock.pass(Math.max(0, endMs - clock.now()));
    },
  };
}

/** Lets promises that are resolved already run their reactions. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 5; turn += 1) await Promise.resolve();
}
