import { createHistogram, type RecordableHistogram } from 'node:perf_hooks';

/** What the load tells every second. Counts are since the start, latencies of the last five seconds. */
export interface LoadSummary {
  readonly type: 'load';
  /** Unit: ms since the start of the load. */
  readonly elapsedMs: number;
  /** Arrivals a second over the last five seconds, exports not counted. */
  readonly rate: number;
  readonly sent: number;
  readonly completed: number;
  /** Completed requests without a good answer, exports included. */
  readonly errors: number;
  /** Arrivals that were not sent because too many were unanswered. */
  readonly dropped: number;
  readonly inFlight: number;
  /** Latency from the time at which a request was due to the end of its answer, exports not counted.
   *  Null when nothing has been answered in the last five seconds. */
  readonly p50Ms: number | null;
  readonly p95Ms: number | null;
  readonly p99Ms: number | null;
  /** Number of errors by class, such as `http 500`, `timeout` or `ECONNREFUSED`. */
  readonly errorsByClass: Readonly<Record<string, number>>;
  readonly exports: {
    readonly sent: number;
    readonly completed: number;
    /** Exports refused because an operator has switched them off. They are no errors. */
    readonly switchedOff: number;
    /** Time that the newest completed export took; null before the first one. */
    readonly lastMs: number | null;
  };
}

/** Whether a message from the load generator's process is a summary. */
export function isLoadSummary(message: unknown): message is LoadSummary {
  return typeof message === 'object' && message !== null && 'type' in message && message.type === 'load';
}

/** Latencies of the last few seconds. */
export interface LatencyWindow {
  record(latencyMs: number): void;
  /** Begins a new second and forgets the oldest one. */
  turn(): void;
  /** Latency that the given share of requests stayed below; null without any. `share` in percent. */
  percentileMs(share: number): number | null;
}

const windowSeconds = 5;
/** Histograms count whole microseconds. */
const highestUs = 600_000_000;

const newHistogram = () => createHistogram({ lowest: 1, highest: highestUs, figures: 3 });

/** An empty window over the last five turns. */
export function createLatencyWindow(): LatencyWindow {
  const seconds: RecordableHistogram[] = [newHistogram()];
  return {
    record(latencyMs) {
      seconds.at(-1)?.record(Math.min(highestUs, Math.max(1, Math.round(latencyMs * 1_000))));
    },
    turn() {
      seconds.push(newHistogram());
      if (seconds.length > windowSeconds) seconds.shift();
    },
    percentileMs(share) {
      const all = newHistogram();
      for (const second of seconds) all.add(second);
      return all.count === 0 ? null : all.percentile(share) / 1_000;
    },
  };
}

/** Arrivals a second over the last few turns. */
export function createRateWindow(): (sent: number, nowMs: number) => number {
  const points: { sent: number; atMs: number }[] = [];
  return (sent, nowMs) => {
    points.push({ sent, atMs: nowMs });
    if (points.length > windowSeconds + 1) points.shift();
    const [oldest] = points;
    if (oldest === undefined || nowMs <= oldest.atMs) return 0;
    return ((sent - oldest.sent) / (nowMs - oldest.atMs)) * 1_000;
  };
}
