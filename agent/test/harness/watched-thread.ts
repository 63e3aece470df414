import type { TestContext } from 'node:test';
import { type Heartbeat, openHeartbeat } from '../../src/protocol/heartbeat.js';
import type { Stall } from '../../src/protocol/stall.js';
import type { RawSample } from '../../src/sidecar/watchdog/capture.js';
import { startWatchdog, type WatchdogWorld } from '../../src/sidecar/watchdog/watchdog.js';
import { type FakeTime, fakeTime } from './fake-time.js';

export const intervalMs = 25;
export const thresholdMs = 100;
const restingMs = 100;
const notableGapMs = restingMs * 2;

/** A main thread on a fake clock: it beats, unless the test blocks it. */
function startMainThread(time: FakeTime, heartbeat: Heartbeat) {
  let blocked = { fromMs: 0, untilMs: 0 };
  let busyBeforeMs = 0;
  let beatMs = intervalMs;
  let cancel = (): void => {};
  const busyMs = (): number => Math.max(0, Math.min(time.now(), blocked.untilMs) - blocked.fromMs);
  const beat = (): void => {
    const waitMs = blocked.untilMs - time.now();
    if (waitMs <= 0) heartbeat.beat(notableGapMs, beatMs);
    cancel = time.schedule(waitMs > 0 ? waitMs : beatMs, beat);
  };
  beat();
  return {
    /** The main thread computes from now on, for this long. */
    block(ms: number): void {
      busyBeforeMs += busyMs();
      blocked = { fromMs: time.now(), untilMs: time.now() + ms };
    },
    /** Beats seldom from now on, or often again; it beats at once. */
    rest(rests = true): void {
      beatMs = rests ? restingMs : intervalMs;
      cancel();
      beat();
    },
    onCpuMs: () => busyBeforeMs + busyMs(),
  };
}

/** A main thread on a fake clock, and the real watchdog that looks at it, `lateMs` later than it wants to. */
export function watchedThread(t: TestContext, world: Partial<WatchdogWorld> = {}, lateMs = 0) {
  const time = fakeTime(t);
  const heartbeat = openHeartbeat();
  const { block, rest, onCpuMs } = startMainThread(time, heartbeat);
  const stalls: Stall[] = [];
  const deltas: number[] = [];
  const captures: number[] = [];

  /** What the probe would answer just now. */
  const answer = (): RawSample => {
    const beats = heartbeat.beats();
    return { askedMs: time.now(), answerMs: 1, frames: [], request: null, turn: null, beats };
  };
  const { capture = async () => answer(), ...others } = world;
  const watchdog = startWatchdog({
    heartbeat,
    thresholdMs,
    world: {
      now: time.now,
      random: () => 0.5,
      schedule: (delayMs, work) => time.schedule(delayMs + lateMs, work),
      readOwnBusyMs: () => null,
      readCpuTimes: () => ({ onCpuMs: onCpuMs(), runQueueMs: 0, throttledMs: null, isReady: true }),
      locate: ({ askedMs, answerMs }) => ({ askedMs, answerMs, frames: [], request: null, turn: null }),
      blindBecause: () => null,
      operation: () => null,
      capture() {
        captures.push(time.now());
        return capture();
      },
      ...others,
    },
    onStall: (stall) => stalls.push(stall),
    onBlocked: (_stall, deltaMs) => deltas.push(deltaMs),
  });
  t.after(() => watchdog.close());
  /** `stalls`: every report. `deltas`: every piece of blocked time. `captures`: when a stack was asked for. */
  return { time, block, rest, answer, watchdog, stalls, deltas, captures };
}
