import type { IncidentRow } from './types.js';

const rows = {
  'event-loop-stall': {
    kind: 'event-loop-stall',
    title: 'Event loop stall',
    meaning: 'One task held the main thread for so long that every other request had to wait for it.',
    causes: ['javascript', 'sync-call', 'gc', 'microtasks', 'cpu-starvation', 'cgroup-throttling', 'unknown'],
    severity: 'warning',
    alert: 'NodejsEventLoopBlocked',
    runbook: 'event-loop-stall.md',
    resolveAfterMs: 10_000,
  },
  'event-loop-saturated': {
    kind: 'event-loop-saturated',
    title: 'Event loop saturated',
    meaning: 'The main thread is busy nearly all the time with short tasks, so that waiting times grow.',
    causes: ['javascript', 'callbacks', 'sync-call', 'unknown'],
    severity: 'warning',
    alert: 'NodejsEventLoopSaturated',
    runbook: 'event-loop-saturated.md',
    resolveAfterMs: 10_000,
  },
  'cpu-starved': {
    kind: 'cpu-starved',
    title: 'CPU starved',
    meaning: 'The main thread wanted to run and did not get a CPU, because of a quota or of busy neighbours.',
    causes: ['cgroup-throttling', 'cpu-starvation', 'unknown'],
    severity: 'warning',
    alert: 'NodejsCpuStarved',
    runbook: 'cpu-starved.md',
    resolveAfterMs: 10_000,
  },
  'gc-pressure': {
    kind: 'gc-pressure',
    title: 'GC pressure',
    meaning: 'Garbage collection takes more than a tenth of the time of the main thread.',
    causes: ['allocation-rate', 'near-limit', 'unknown'],
    severity: 'warning',
    alert: 'NodejsGcPressure',
    runbook: 'gc-pressure.md',
    resolveAfterMs: 10_000,
  },
  'heap-leak': {
    kind: 'heap-leak',
    title: 'Heap leak',
    meaning:
      'More of the heap survives each collection, so that it will reach its limit and the process end.',
    causes: ['unbounded-retention', 'unknown'],
    severity: 'warning',
    alert: 'NodejsHeapLeak',
    runbook: 'heap-leak.md',
    resolveAfterMs: 30_000,
  },
  'log-backpressure': {
    kind: 'log-backpressure',
    title: 'Log backpressure',
    meaning:
      'Nobody takes what the service writes to stdout or stderr, and the main thread waits until somebody does.',
    causes: ['stdout', 'unknown'],
    severity: 'warning',
    alert: 'NodejsLogBackpressure',
    runbook: 'log-backpressure.md',
    resolveAfterMs: 10_000,
  },
  'dependency-slow': {
    kind: 'dependency-slow',
    title: 'Dependency slow',
    meaning: 'A service or database that this process asks answers much later than it usually does.',
    causes: ['latency', 'dns', 'saturation-of-agent-sockets', 'unknown'],
    severity: 'warning',
    alert: 'NodejsDependencySlow',
    runbook: 'dependency-slow.md',
    resolveAfterMs: 15_000,
  },
  'pool-exhausted': {
    kind: 'pool-exhausted',
    title: 'Pool exhausted',
    meaning: 'Callers wait for a connection of a pool without end, or give up, because none becomes free.',
    causes: ['connections-held', 'slow-queries', 'lock', 'pool-too-small', 'dependency-slow', 'unknown'],
    severity: 'critical',
    alert: 'NodejsPoolExhausted',
    runbook: 'pool-exhausted.md',
    resolveAfterMs: 15_000,
  },
  'threadpool-saturated': {
    kind: 'threadpool-saturated',
    title: 'Thread pool saturated',
    meaning:
      'Files, host names, key derivation and compression wait for a thread of libuv, while the event loop itself is free.',
    causes: ['fs', 'crypto', 'dns', 'zlib', 'unknown'],
    severity: 'warning',
    alert: 'NodejsThreadpoolSaturated',
    runbook: 'threadpool-saturated.md',
    resolveAfterMs: 10_000,
  },
  'dependency-failing': {
    kind: 'dependency-failing',
    title: 'Dependency failing',
    meaning:
      'Far more calls to a service or database than usual fail: errors, no answer in time, no connection, or a broken one.',
    // A name that is not known counts as refused: no connection came about.
    causes: ['errors', 'timeouts', 'refused', 'reset', 'unknown'],
    severity: 'critical',
    alert: 'NodejsDependencyFailing',
    runbook: 'dependency-failing.md',
    resolveAfterMs: 15_000,
  },
  'retry-storm': {
    kind: 'retry-storm',
    title: 'Retry storm',
    meaning:
      'A dependency that fails is asked several times as often as usual for the same number of requests: its callers try again and again.',
    causes: ['retries', 'unknown'],
    severity: 'warning',
    alert: 'NodejsRetryStorm',
    runbook: 'retry-storm.md',
    resolveAfterMs: 15_000,
  },
  'handle-leak': {
    kind: 'handle-leak',
    title: 'Handle leak',
    meaning:
      'Timers, sockets, listeners or file descriptors become more and more, or no descriptors are left to open.',
    causes: ['timers', 'sockets', 'listeners', 'descriptors', 'unknown'],
    severity: 'warning',
    alert: 'NodejsHandleLeak',
    runbook: 'handle-leak.md',
    resolveAfterMs: 15_000,
  },
  'heap-near-limit': {
    kind: 'heap-near-limit',
    title: 'Heap near its limit',
    meaning:
      'What is alive fills more than 85 % of what the heap may become; the next large request may end the process.',
    causes: ['leak', 'working-set', 'container', 'unknown'],
    severity: 'critical',
    alert: 'NodejsHeapNearLimit',
    runbook: 'heap-near-limit.md',
    resolveAfterMs: 15_000,
  },
  'external-memory-growth': {
    kind: 'external-memory-growth',
    title: 'External memory growth',
    meaning: 'Buffers outside the heap are kept and grow, while the heap itself does not.',
    causes: ['buffers', 'unknown'],
    severity: 'warning',
    alert: 'NodejsExternalMemoryGrowth',
    runbook: 'external-memory-growth.md',
    resolveAfterMs: 30_000,
  },
  'rss-growth': {
    kind: 'rss-growth',
    title: 'RSS growth',
    meaning: 'The process takes ever more memory, and neither its heap nor its buffers account for it.',
    causes: ['fragmentation-or-native', 'unknown'],
    severity: 'warning',
    alert: 'NodejsRssGrowth',
    runbook: 'rss-growth.md',
    resolveAfterMs: 30_000,
  },
} as const satisfies Record<string, IncidentRow>;

/** Every kind of incident that this version can open. */
export type IncidentKind = keyof typeof rows;

/** The table that detectors, alerts, runbook index and documentation are made from. */
export const incidentCatalog: Readonly<Record<IncidentKind, IncidentRow<IncidentKind>>> = rows;
