/** Time as the generator sees it; a test may turn it by hand. */
export interface Clock {
  /** Unit: ms, never goes back. */
  now(): number;
  /** Calls back after the delay. Returns a function that prevents it. */
  schedule(delayMs: number, callback: () => void): () => void;
}

/** The real time. */
export const systemClock: Clock = {
  now: () => performance.now(),
  schedule(delayMs, callback) {
    const timer = setTimeout(callback, delayMs);
    return () => clearTimeout(timer);
  },
};

/** What an open loop is made of. */
export interface OpenLoopParts {
  readonly clock: Clock;
  /** Time from one arrival to the next. Unit: ms. */
  readonly nextGapMs: () => number;
  /** Arrivals beyond this many unanswered ones are dropped: a dead target must not eat our memory. */
  readonly maxInFlight: number;
  /** Sends one request. Must not reject. `scheduledMs` is when it was due, from which its latency counts:
   *  time lost before sending is time that a user would have waited as well. */
  readonly send: (scheduledMs: number) => Promise<void>;
}

/** Arrivals that come by the clock and wait for nobody. */
export interface OpenLoop {
  /** Requests sent since the start. */
  sent(): number;
  /** Arrivals since the start that found the limit reached. */
  dropped(): number;
  inFlight(): number;
  /** Ends the arrivals; answers that are still due may come. */
  close(): void;
}

/** Starts the arrivals; the first one is due after one gap. */
export function startOpenLoop({ clock, nextGapMs, maxInFlight, send }: OpenLoopParts): OpenLoop {
  let sent = 0;
  let dropped = 0;
  let inFlight = 0;
  let dueMs = clock.now() + nextGapMs();
  const arrive = (scheduledMs: number) => {
    if (inFlight >= maxInFlight) {
      dropped += 1;
      return;
    }
    sent += 1;
    inFlight += 1;
    void send(scheduledMs).finally(() => {
      inFlight -= 1;
    });
  };
  const tick = () => {
    // A late timer finds several arrivals due; each keeps the time at which it should have happened.
    for (const now = clock.now(); dueMs <= now; dueMs += nextGapMs()) arrive(dueMs);
    cancel = clock.schedule(Math.max(0, dueMs - clock.now()), tick);
  };
  let cancel = clock.schedule(Math.max(0, dueMs - clock.now()), tick);
  return {
    sent: () => sent,
    dropped: () => dropped,
    inFlight: () => inFlight,
    close: () => cancel(),
  };
}
