/** How often the heart beats. Unit: ms. */
export interface Pace {
  /** While the loop works: the beginning of a block is known this exactly. */
  readonly workingMs: number;
  /** While it rests: each beat wakes the thread from its sleep, which costs more than the beat itself. */
  readonly restingMs: number;
}

/** Follows whether the loop works or rests. */
export interface BeatPace {
  /** Time until the next beat. Unit: ms. */
  intervalMs(): number;
  /** A piece of work begins. True when the loop rested until now. */
  work(nowMs: number): boolean;
  /** To be called after each beat. True when the pace has changed with it. */
  afterBeat(nowMs: number): boolean;
}

/** So long nothing may have begun, and the loop must have been idle, before it counts as resting. */
const settleMs = 1_000;
/** Below this share of the time, what runs is housekeeping: timers, health checks, the agent's own snapshots. */
const restingShare = 0.03;
/** Above this share between two beats, something works that did not announce itself. */
const workingShare = 0.1;

/** Works at first. `activeMs` tells how long the loop has been active so far; see eventLoopUtilization(). */
export function createBeatPace(pace: Pace, activeMs: () => number, nowMs: number): BeatPace {
  let rests = false;
  let workedMs = nowMs;
  let look = { atMs: nowMs, activeMs: activeMs() };

  /** Share of the time since the look before that the loop was active, 0..1. */
  const activeShare = (atMs: number): number => {
    const before = look;
    look = { atMs, activeMs: activeMs() };
    return (look.activeMs - before.activeMs) / Math.max(1, look.atMs - before.atMs);
  };

  return {
    intervalMs: () => (rests ? pace.restingMs : pace.workingMs),
    work(atMs) {
      workedMs = atMs;
      if (!rests) return false;
      rests = false;
      look = { atMs, activeMs: activeMs() };
      return true;
    },
    afterBeat(atMs) {
      if (!rests && atMs - look.atMs < settleMs) return false;
      const share = activeShare(atMs);
      const before = rests;
      rests = before ? share < workingShare : share < restingShare && atMs - workedMs >= settleMs;
      return rests !== before;
    },
  };
}
