import type { LabelRow, MetricRow } from './types.js';

const delayBuckets = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10] as const;
const gcBuckets = [0.001, 0.01, 0.1, 1, 2, 5] as const;
const waitBuckets = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10] as const;

const callBuckets = [
  0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10,
] as const;

/** prom-client's own, a part of those that OpenTelemetry's convention advises. */
const requestBuckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10] as const;

const poolTaskBuckets = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30] as const;

const label = (prometheus: string, otel: string, bound: number): LabelRow => ({ prometheus, otel, bound });
const pool = label('db_client_connection_pool_name', 'db.client.connection.pool.name', 50);
const poolState = label('db_client_connection_state', 'db.client.connection.state', 2);
const space = label('space', 'v8js.heap.space.name', 16);
const resource = label('type', 'v8js.resource.type', 40);
/** Targets that the sensor keeps apart, and `other`. */
const target = label('target', 'faultline.dependency.target', 21);
const gcKind = label('kind', 'v8js.gc.type', 8);
const beats =
  'lateness of the heartbeat timer (25 ms, 100 ms while the loop rests) against process.hrtime(), floor at 0';

const gauge = (row: Partial<MetricRow> & Pick<MetricRow, 'help' | 'source'>): MetricRow => ({
  prometheus: null,
  otel: null,
  type: 'gauge',
  unit: '1',
  labels: [],
  ...row,
});
const counter = (row: Partial<MetricRow> & Pick<MetricRow, 'help' | 'source'>): MetricRow =>
  gauge({ type: 'counter', ...row });
const histogram = (row: Partial<MetricRow> & Pick<MetricRow, 'help' | 'source' | 'buckets'>): MetricRow =>
  gauge({ type: 'histogram', unit: 's', ...row });

/** One of the loop-delay gauges that prom-client and OpenTelemetry both publish. */
const delay = (stat: string, help: string): MetricRow =>
  gauge({
    prometheus: `nodejs_eventloop_lag_${stat}_seconds`,
    otel: `nodejs.eventloop.delay.${stat}`,
    unit: 's',
    help,
    source: beats,
  });

const rows = {
  // The same names and labels as prom-client's default metrics, so that its dashboards light up unchanged.
  processCpuUser: counter({
    prometheus: 'process_cpu_user_seconds_total',
    unit: 's',
    help: 'User CPU time of the whole process, all threads.',
    source: 'process.cpuUsage().user',
  }),
  processCpuSystem: counter({
    prometheus: 'process_cpu_system_seconds_total',
    unit: 's',
    help: 'System CPU time of the whole process, all threads.',
    source: 'process.cpuUsage().system',
  }),
  processCpu: counter({
    prometheus: 'process_cpu_seconds_total',
    unit: 's',
    help: 'User and system CPU time of the whole process, all threads.',
    source: 'process.cpuUsage()',
  }),
  processStartTime: gauge({
    prometheus: 'process_start_time_seconds',
    unit: 's',
    help: 'Start of the process, in seconds since the Unix epoch.',
    source: 'Date.now() less process.uptime()',
  }),
  processResidentMemory: gauge({
    prometheus: 'process_resident_memory_bytes',
    unit: 'By',
    help: 'Memory of the process that is in RAM.',
    source: '/proc/self/statm, else process.memoryUsage.rss()',
  }),
  processVirtualMemory: gauge({
    prometheus: 'process_virtual_memory_bytes',
    unit: 'By',
    help: 'Address space of the process. Linux only.',
    source: '/proc/self/statm',
  }),
  processHeap: gauge({
    prometheus: 'process_heap_bytes',
    unit: 'By',
    help: 'Data segment of the process. Linux only.',
    source: '/proc/self/statm, data + stack',
  }),
  processOpenFds: gauge({
    prometheus: 'process_open_fds',
    unit: '{file_descriptor}',
    help: 'Open file descriptors. Linux only.',
    source: '/proc/self/fd',
  }),
  processMaxFds: gauge({
    prometheus: 'process_max_fds',
    unit: '{file_descriptor}',
    help: 'Limit of open file descriptors. Linux only.',
    source: '/proc/self/limits',
  }),
  eventLoopLag: gauge({
    prometheus: 'nodejs_eventloop_lag_seconds',
    unit: 's',
    help: 'Newest reading of how late the event loop ran a timer; while it is blocked, how late it already is.',
    source: beats,
  }),
  eventLoopDelayMin: delay('min', 'Smallest event loop delay in the last 15 s. Idle reads near 0.'),
  eventLoopDelayMax: delay('max', 'Largest event loop delay in the last 15 s. A single block shows here.'),
  eventLoopDelayMean: delay('mean', 'Mean event loop delay in the last 15 s.'),
  eventLoopDelayStddev: delay('stddev', 'Standard deviation of the event loop delay in the last 15 s.'),
  eventLoopDelayP50: delay('p50', 'Median event loop delay in the last 15 s.'),
  eventLoopDelayP90: delay('p90', '90th percentile of the event loop delay in the last 15 s.'),
  eventLoopDelayP99: delay(
    'p99',
    '99th percentile of the event loop delay in the last 15 s; hides single blocks.',
  ),
  activeResources: gauge({
    prometheus: 'nodejs_active_resources',
    otel: 'v8js.resource.active',
    labels: [resource],
    unit: '{resource}',
    help: 'Resources that keep the event loop alive, by type.',
    source: 'process.getActiveResourcesInfo()',
  }),
  activeResourcesTotal: gauge({
    prometheus: 'nodejs_active_resources_total',
    unit: '{resource}',
    help: 'Resources that keep the event loop alive.',
    source: 'process.getActiveResourcesInfo()',
  }),
  activeHandles: gauge({
    prometheus: 'nodejs_active_handles',
    labels: [resource],
    unit: '{resource}',
    help: 'Active resources that are handles, by type.',
    source: 'process.getActiveResourcesInfo(), types without Req or Request in their name',
  }),
  activeHandlesTotal: gauge({
    prometheus: 'nodejs_active_handles_total',
    unit: '{resource}',
    help: 'Active resources that are handles.',
    source: 'process.getActiveResourcesInfo()',
  }),
  activeRequests: gauge({
    prometheus: 'nodejs_active_requests',
    labels: [resource],
    unit: '{resource}',
    help: 'Active resources that are requests to libuv, by type.',
    source: 'process.getActiveResourcesInfo(), types with Req or Request in their name',
  }),
  activeRequestsTotal: gauge({
    prometheus: 'nodejs_active_requests_total',
    unit: '{resource}',
    help: 'Active resources that are requests to libuv.',
    source: 'process.getActiveResourcesInfo()',
  }),
  heapTotal: gauge({
    prometheus: 'nodejs_heap_size_total_bytes',
    unit: 'By',
    help: 'Heap that V8 has reserved.',
    source: 'v8.getHeapStatistics().total_heap_size',
  }),
  heapUsed: gauge({
    prometheus: 'nodejs_heap_size_used_bytes',
    unit: 'By',
    help: 'Heap in use, garbage that is not yet collected included.',
    source: 'v8.getHeapStatistics().used_heap_size',
  }),
  externalMemory: gauge({
    prometheus: 'nodejs_external_memory_bytes',
    unit: 'By',
    help: 'Memory outside the heap that JavaScript objects hold.',
    source: 'v8.getHeapStatistics().external_memory',
  }),
  heapSpaceTotal: gauge({
    prometheus: 'nodejs_heap_space_size_total_bytes',
    otel: 'v8js.memory.heap.space.size',
    unit: 'By',
    labels: [space],
    help: 'Size of each heap space.',
    source: 'v8.getHeapSpaceStatistics().space_size',
  }),
  heapSpaceUsed: gauge({
    prometheus: 'nodejs_heap_space_size_used_bytes',
    otel: 'v8js.memory.heap.used',
    unit: 'By',
    labels: [space],
    help: 'Used bytes of each heap space.',
    source: 'v8.getHeapSpaceStatistics().space_used_size',
  }),
  heapSpaceAvailable: gauge({
    prometheus: 'nodejs_heap_space_size_available_bytes',
    otel: 'v8js.memory.heap.space.available_size',
    unit: 'By',
    labels: [space],
    help: 'Free bytes of each heap space.',
    source: 'v8.getHeapSpaceStatistics().space_available_size',
  }),
  heapSpacePhysical: gauge({
    otel: 'v8js.memory.heap.space.physical_size',
    unit: 'By',
    labels: [space],
    help: 'Committed bytes of each heap space.',
    source: 'v8.getHeapSpaceStatistics().physical_space_size',
  }),
  versionInfo: gauge({
    prometheus: 'nodejs_version_info',
    labels: [
      label('version', 'version', 1),
      label('major', 'major', 1),
      label('minor', 'minor', 1),
      label('patch', 'patch', 1),
    ],
    help: 'Version of Node.js; the value is always 1.',
    source: 'process.version',
  }),
  gcDuration: histogram({
    prometheus: 'nodejs_gc_duration_seconds',
    otel: 'v8js.gc.duration',
    labels: [gcKind],
    buckets: gcBuckets,
    help: 'Duration of every garbage collection, by kind. Kinds that Node does not name are `other`.',
    source: 'PerformanceObserver, every entry of type gc',
  }),

  // Standard quantities that prom-client does not publish.
  heapLimit: gauge({
    prometheus: 'nodejs_heap_size_limit_bytes',
    unit: 'By',
    help: 'Heap size at which V8 gives up.',
    source: 'v8.getHeapStatistics().heap_size_limit',
  }),
  arrayBuffers: gauge({
    prometheus: 'nodejs_array_buffers_bytes',
    unit: 'By',
    help: 'Memory of ArrayBuffers, Node Buffers included.',
    source: 'process.memoryUsage().arrayBuffers',
  }),
  eventLoopUtilization: gauge({
    prometheus: 'nodejs_eventloop_utilization',
    otel: 'nodejs.eventloop.utilization',
    help: 'Share of the last second that the event loop was busy, 0 to 1.',
    source: 'performance.eventLoopUtilization(), difference of two readings',
  }),
  eventLoopTime: counter({
    prometheus: 'nodejs_eventloop_time_seconds_total',
    otel: 'nodejs.eventloop.time',
    unit: 's',
    labels: [label('state', 'nodejs.eventloop.state', 2)],
    help: 'Time that the event loop was active or idle.',
    source: 'performance.eventLoopUtilization()',
  }),
  eventLoopDelay: histogram({
    prometheus: 'nodejs_eventloop_delay_seconds',
    buckets: delayBuckets,
    help: 'How late the event loop ran its timers. Complete since the start, so any number of scrapers agree.',
    source: beats,
  }),

  // Requests to the HTTP servers of this thread.
  httpRequestDuration: histogram({
    prometheus: 'http_request_duration_seconds',
    otel: 'http.server.request.duration',
    // The sensor keeps to these bounds itself.
    labels: [
      label('method', 'http.request.method', 11),
      label('route', 'http.route', 100),
      label('status_code', 'http.response.status_code', 32),
    ],
    otelAttributes: ['url.scheme', 'error.type'],
    buckets: requestBuckets,
    help: 'Time from the head of a request until its response was sent. Without a matched route it is `unmatched`; with a connection that closed before the response was sent, the status is `aborted`.',
    source: 'diagnostics channels http.server.request.start and http.server.response.finish',
  }),
  httpRequestsInFlight: gauge({
    prometheus: 'http_requests_in_flight',
    otel: 'http.server.active_requests',
    unit: '{request}',
    help: 'Requests whose response is not sent yet.',
    source: 'diagnostics channels http.server.request.start and http.server.response.finish',
  }),

  // Database pools, under the names of OpenTelemetry's semantic conventions.
  poolCount: gauge({
    prometheus: 'db_client_connection_count',
    otel: 'db.client.connection.count',
    labels: [pool, poolState],
    unit: '{connection}',
    help: 'Connections (sockets, threads) of a pool, by state: idle or used.',
    source: 'public counters of the pool; docs/pools.md',
  }),
  poolMax: gauge({
    prometheus: 'db_client_connection_max',
    otel: 'db.client.connection.max',
    labels: [pool],
    unit: '{connection}',
    help: 'Largest number of connections that a pool may open.',
    source: 'options of the pool; docs/pools.md',
  }),
  poolPending: gauge({
    prometheus: 'db_client_connection_pending_requests',
    otel: 'db.client.connection.pending_requests',
    labels: [pool],
    unit: '{request}',
    help: 'Callers that wait for a connection of a pool.',
    source: 'public counters of the pool; docs/pools.md',
  }),
  poolTimeouts: counter({
    prometheus: 'db_client_connection_timeouts_total',
    otel: 'db.client.connection.timeouts',
    labels: [pool],
    unit: '{timeout}',
    help: 'Callers that gave up waiting for a connection of a pool.',
    source: 'errors that the pool answers with; docs/pools.md',
  }),
  poolWaitTime: histogram({
    prometheus: 'db_client_connection_wait_time_seconds',
    otel: 'db.client.connection.wait_time',
    labels: [pool],
    buckets: waitBuckets,
    help: 'Time from asking a pool for a connection to having it.',
    source: 'events, channels or calls of the pool, where the library lets it be known; docs/pools.md',
  }),
  poolUseTime: histogram({
    prometheus: 'db_client_connection_use_time_seconds',
    otel: 'db.client.connection.use_time',
    labels: [pool],
    buckets: waitBuckets,
    help: 'Time from having a connection of a pool to giving it back.',
    source: 'events, channels or calls of the pool, where the library lets it be known; docs/pools.md',
  }),
  poolCreateTime: histogram({
    prometheus: 'db_client_connection_create_time_seconds',
    otel: 'db.client.connection.create_time',
    labels: [pool],
    buckets: waitBuckets,
    help: 'Time that a new connection of a pool took to open.',
    source: 'events, channels or calls of the pool, where the library lets it be known; docs/pools.md',
  }),

  // What only this agent knows.
  dependencyLimit: gauge({
    prometheus: 'faultline_dependency_slow_limit_seconds',
    labels: [target],
    unit: 's',
    help: 'Time from which on an answer of a dependency counts as slow. Missing until its usual times are learnt.',
    source: 'baseline of the agent: three times the usual p95, 0.1 s at the least',
  }),
  dependencyDuration: histogram({
    prometheus: 'faultline_dependency_duration_seconds',
    labels: [target],
    buckets: callBuckets,
    help: 'Time until the answer of a dependency began, less the time that the own event loop was late meanwhile.',
    source:
      'diagnostics channels http.client.*, undici:* and node-redis:*, query() of pg, commands of ioredis',
  }),
  dependencyErrors: counter({
    prometheus: 'faultline_dependency_errors_total',
    labels: [target, label('error_type', 'error.type', 8)],
    unit: '{error}',
    help: 'Calls to a dependency that failed: refused, reset, timeout, 5xx, dns, other.',
    source:
      'diagnostics channels http.client.*, undici:* and node-redis:*, query() and connect() of pg, commands and connect() of ioredis',
  }),
  dependencyInFlight: gauge({
    prometheus: 'faultline_dependency_in_flight',
    labels: [target],
    unit: '{request}',
    help: 'Calls to a dependency that wait for their answer.',
    source:
      'diagnostics channels http.client.*, undici:* and node-redis:*, query() and connect() of pg, commands and connect() of ioredis',
  }),
  threadpoolWait: histogram({
    prometheus: 'faultline_threadpool_wait_seconds',
    buckets: poolTaskBuckets,
    help: 'Time that a tiny task waited for a thread of libuv, less the time that the own event loop was late meanwhile. One value a second.',
    source: 'crypto.randomBytes(1, callback), one at a time; one that is still out counts with its age',
  }),
  dependencyCalls: counter({
    prometheus: 'faultline_dependency_calls_total',
    labels: [target],
    unit: '{call}',
    help: 'Calls to a dependency that were begun; a request that is made again is one more.',
    source:
      'diagnostics channels http.client.*, undici:* and node-redis:*, query() and connect() of pg, commands and connect() of ioredis',
  }),
  dependencyFailingLimit: gauge({
    prometheus: 'faultline_dependency_failing_limit_ratio',
    labels: [target],
    help: 'Share of failed calls, 0 to 1, beyond which a dependency counts as failing. Missing until its usual share is learnt.',
    source: 'baseline of the agent: three times the usual share, 0.1 at the least, half way to 1 at the most',
  }),
  dependencyStormLimit: gauge({
    prometheus: 'faultline_dependency_storm_limit_ratio',
    labels: [target],
    help: 'Calls to a dependency for each request received, beyond which they count as a storm if it fails, too. Missing until the usual number is learnt.',
    source: 'baseline of the agent: three times the usual number of calls for each request',
  }),
  inboundRequests: counter({
    prometheus: 'faultline_requests_received_total',
    unit: '{request}',
    help: 'Requests that HTTP servers of this thread began to serve.',
    source: 'diagnostics channel http.server.request.start',
  }),
  blocked: counter({
    prometheus: 'faultline_eventloop_blocked_seconds_total',
    unit: 's',
    labels: [label('cause', 'faultline.cause', 16)],
    help: 'Time that the main thread was stalled, by cause. Rises while a stall goes on.',
    source: 'watchdog',
  }),
  logWrite: counter({
    prometheus: 'faultline_log_write_seconds_total',
    unit: 's',
    help: 'Time that the main thread was in synchronous writes to stdout and stderr, estimated from looks at random times.',
    source: 'looks of the sidecar at the operation that runs',
  }),
  incidentActive: gauge({
    prometheus: 'faultline_incident_active',
    labels: [label('kind', 'faultline.incident.kind', 32)],
    help: '1 while an incident of this kind is open, else 0.',
    source: 'incidents',
  }),
  incidents: counter({
    prometheus: 'faultline_incidents_total',
    labels: [label('kind', 'faultline.incident.kind', 32), label('cause', 'faultline.cause', 32)],
    unit: '{incident}',
    help: 'Incidents opened, by kind and by the cause known when they were opened.',
    source: 'incidents',
  }),
  formerProcesses: gauge({
    prometheus: 'faultline_former_processes',
    labels: [label('exit_cause', 'faultline.exit.cause', 4)],
    unit: '{process}',
    help: 'Former processes of the service that ended without an exit event in the middle of an incident, as this one found them when it started, by what ended them. Stays as it is while the process lives.',
    source: 'records below FAULTLINE_DIR/last-words',
  }),
  heapFloor: gauge({
    prometheus: 'faultline_heap_floor_bytes',
    unit: 'By',
    help: 'Live heap just after the newest major collection, without the spaces that objects are born in.',
    source: 'v8.getHeapSpaceStatistics() when PerformanceObserver tells of a major collection',
  }),
  heapRealLimit: gauge({
    prometheus: 'faultline_heap_limit_bytes',
    unit: 'By',
    help: "Live heap at which the process ends: V8's limit less its young spaces, or what the container leaves, if that is smaller.",
    source:
      'heap_size_limit less the flags or defaults of young spaces; memory.max (v2) or memory.limit_in_bytes (v1) less resident memory outside the heap',
  }),
  heapTimeToLimit: gauge({
    prometheus: 'faultline_heap_seconds_to_limit',
    unit: 's',
    help: 'Time until the heap is at its limit if it goes on growing. Missing while it does not grow steadily.',
    source: 'line of Theil and Sen through the floors of the heap',
  }),
  handleGrowth: gauge({
    prometheus: 'faultline_handle_growth_per_second',
    labels: [label('cause', 'faultline.cause', 8)],
    unit: '{handle}',
    help: 'How fast timers, sockets, listeners or descriptors become more. Missing while they do not grow steadily.',
    source: 'line of Theil and Sen through the lows of active resources, listeners and descriptors',
  }),
  eventListeners: gauge({
    prometheus: 'faultline_event_listeners',
    labels: [label('emitter', 'faultline.emitter', 16), label('event', 'faultline.event', 16)],
    unit: '{listener}',
    help: 'Listeners of emitters that Node has warned of, from the warning on.',
    source: 'event warning of process (MaxListenersExceededWarning), listenerCount(), getEventListeners()',
  }),
  externalFloor: gauge({
    prometheus: 'faultline_external_floor_bytes',
    unit: 'By',
    help: 'Memory outside the heap that objects held just after the newest major collection.',
    source: 'v8.getHeapStatistics().external_memory when PerformanceObserver tells of a major collection',
  }),
  externalTimeToLimit: gauge({
    prometheus: 'faultline_external_seconds_to_limit',
    unit: 's',
    help: 'Time until memory is short if buffers outside the heap go on growing. Missing while they do not grow steadily, or the heap does.',
    source:
      'line of Theil and Sen through the floors; room: memory that container and machine have left, 4 GiB at the most',
  }),
  nativeTimeToLimit: gauge({
    prometheus: 'faultline_native_seconds_to_limit',
    unit: 's',
    help: 'Time until memory is short if the process goes on growing outside of heap and buffers. Missing while it does not.',
    source:
      'line of Theil and Sen through the lowest readings of resident memory less heap and external; room as for the external one',
  }),
  runQueueWait: counter({
    prometheus: 'faultline_cpu_runqueue_wait_seconds_total',
    unit: 's',
    help: 'Time that the main thread was ready to run and got no CPU. Linux only.',
    source: '/proc/self/task/<main>/schedstat, second number',
  }),
  cpuThrottled: counter({
    prometheus: 'faultline_cpu_throttled_seconds_total',
    unit: 's',
    help: 'Time that CPU quotas held the threads of this container back, over all CPUs. Linux with a quota only.',
    source: 'cpu.stat of the control group and those above it: throttled_usec (v2) or throttled_time (v1)',
  }),
  chaosActive: gauge({
    prometheus: 'faultline_chaos_fault_active',
    labels: [label('fault', 'faultline.chaos.fault', 32)],
    help: '1 while a chaos fault is injected into this process on purpose.',
    source: 'chaos leases',
  }),
  snapshotAge: gauge({
    prometheus: 'faultline_snapshot_age_seconds',
    unit: 's',
    help: 'Age of the main thread readings in this answer; above a few seconds the loop is blocked.',
    source: 'sidecar clock less time of the newest snapshot',
  }),
  agentCpu: counter({
    prometheus: 'faultline_agent_cpu_seconds_total',
    unit: 's',
    help: 'CPU time of the sidecar thread. Linux only.',
    source: '/proc/self/task/<sidecar>/schedstat, first number',
  }),
  agentMemory: gauge({
    prometheus: 'faultline_agent_memory_bytes',
    unit: 'By',
    help: 'Heap and external memory of the sidecar thread.',
    source: 'v8.getHeapStatistics() in the sidecar',
  }),
  agentErrors: counter({
    prometheus: 'faultline_agent_errors_total',
    labels: [label('sensor', 'faultline.sensor', 32)],
    unit: '{error}',
    help: 'Readings of the agent that failed; it goes on without them.',
    source: 'guards around every sensor',
  }),
  labelOverflow: counter({
    prometheus: 'faultline_label_overflow_total',
    labels: [label('metric', 'faultline.metric', 64)],
    unit: '{series}',
    help: 'Series that fell into `other` because a label had reached its bound: each once, at most 1000 of a metric.',
    source: 'label bounds of the catalog',
  }),
} as const satisfies Record<string, MetricRow>;

/** Stable key of a metric inside this code base; names outside come from the row. */
export type MetricId = keyof typeof rows;

/** The table that exporters, dashboards, alerts and documentation are made from. */
export const metricCatalog: Readonly<Record<MetricId, MetricRow>> = rows;
