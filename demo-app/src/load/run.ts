import { createLoadClient } from './client.js';
import { createFeatureRequests } from './feature-requests.js';
import { createMix } from './mix.js';
import { type Clock, startOpenLoop } from './open-loop.js';
import { createRandom, nextGapMs } from './random.js';
import { startSlowReaders } from './slow-readers.js';
import { createLatencyWindow, createRateWindow, type LoadSummary } from './statistics.js';

/** What to send, and where to. */
export interface LoadOptions {
  readonly target: URL;
  /** Requests a second, exports not counted. */
  readonly rate: number;
  /** Unit: ms between two exports; 0 sends none. */
  readonly exportEveryMs: number;
  /** Unit: ms between two requests to the same one of the smaller features; 0 sends none. */
  readonly featureEveryMs: number;
  /** Readers of the export with a slow line, beside the exports above. */
  readonly slowReaders: number;
  /** Null sends no exports and nothing else that needs it. */
  readonly adminToken: string | null;
  readonly seed: number;
  /** Products have the ids from 1 to this. */
  readonly productCount: number;
  readonly maxInFlight: number;
}

/** A load that runs. */
export interface RunningLoad {
  /** The state now. To be called once a second: it moves the window on which latencies are counted. */
  summarize(): LoadSummary;
  /** Ends the arrivals, waits for the answers that are due, at most `limitMs`, and closes the connections. */
  close(limitMs: number): Promise<void>;
}

const exportRequest = { method: 'GET', path: '/admin/products/export-all', body: null } as const;
/** An export that is never answered must not pile up. */
const exportsInFlightMax = 4;
/** The same for the smaller features, all of them together. */
const featuresInFlightMax = 20;
/** More kinds of errors than this are counted as one. */
const errorClassesMax = 20;

/** Starts an open loop of shop requests, and beside it exports and visits to the smaller features at fixed intervals. */
export function startLoad(options: LoadOptions, clock: Clock): RunningLoad {
  const random = createRandom(options.seed);
  const client = createLoadClient(
    options.target,
    options.maxInFlight + exportsInFlightMax + featuresInFlightMax,
  );
  const next = createMix(random, options.productCount, Date.now().toString(36).toUpperCase());
  const latencies = createLatencyWindow();
  const rateOf = createRateWindow();
  const errors = new Map<string, number>();
  const startedMs = clock.now();
  let completed = 0;
  let exportsCompleted = 0;
  let switchedOff = 0;
  let lastExportMs: number | null = null;

  const countError = (outcome: string) => {
    const name = errors.has(outcome) || errors.size < errorClassesMax ? outcome : 'other';
    errors.set(name, (errors.get(name) ?? 0) + 1);
  };
  const shop = startOpenLoop({
    clock,
    nextGapMs: () => nextGapMs(random, options.rate),
    maxInFlight: options.maxInFlight,
    async send(scheduledMs) {
      const outcome = await client.send(next());
      completed += 1;
      latencies.record(clock.now() - scheduledMs);
      if (outcome !== 'ok' && outcome !== 'switched-off') countError(outcome);
    },
  });
  const { adminToken, exportEveryMs, featureEveryMs } = options;
  const exports =
    adminToken === null || exportEveryMs === 0
      ? null
      : startOpenLoop({
          clock,
          nextGapMs: () => exportEveryMs,
          maxInFlight: exportsInFlightMax,
          async send(scheduledMs) {
            const outcome = await client.send(exportRequest, adminToken);
            exportsCompleted += 1;
            if (outcome === 'ok') lastExportMs = clock.now() - scheduledMs;
            else if (outcome === 'switched-off') switchedOff += 1;
            else countError(outcome);
          },
        });
  const features = createFeatureRequests(random, options.productCount, adminToken !== null);
  const visits =
    featureEveryMs === 0
      ? null
      : startOpenLoop({
          clock,
          nextGapMs: () => featureEveryMs / features.kinds,
          maxInFlight: featuresInFlightMax,
          async send() {
            const outcome = await client.send(features.next(), adminToken ?? undefined);
            if (outcome !== 'ok' && outcome !== 'switched-off') countError(outcome);
          },
        });
  const readers =
    adminToken === null || options.slowReaders === 0
      ? null
      : startSlowReaders({ target: options.target, adminToken, count: options.slowReaders, clock });
  rateOf(0, startedMs);

  return {
    summarize() {
      const nowMs = clock.now();
      const summary: LoadSummary = {
        type: 'load',
        elapsedMs: Math.round(nowMs - startedMs),
        rate: Math.round(rateOf(shop.sent() + shop.dropped(), nowMs) * 10) / 10,
        sent: shop.sent(),
        completed,
        errors: [...errors.values()].reduce((sum, count) => sum + count, 0),
        dropped: shop.dropped(),
        inFlight: shop.inFlight(),
        p50Ms: latencies.percentileMs(50),
        p95Ms: latencies.percentileMs(95),
        p99Ms: latencies.percentileMs(99),
        errorsByClass: Object.fromEntries(errors),
        exports: {
          sent: exports?.sent() ?? 0,
          completed: exportsCompleted,
          switchedOff,
          lastMs: lastExportMs,
        },
      };
      latencies.turn();
      return summary;
    },
    async close(limitMs) {
      shop.close();
      exports?.close();
      visits?.close();
      readers?.close();
      const stopAtMs = clock.now() + limitMs;
      while (
        shop.inFlight() + (exports?.inFlight() ?? 0) + (visits?.inFlight() ?? 0) > 0 &&
        clock.now() < stopAtMs
      )
        await new Promise<void>((resolve) => void clock.schedule(20, resolve));
      client.close();
    },
  };
}
