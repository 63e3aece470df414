import type { MetricRow } from '../types.js';
import { counter, gauge, histogram, label } from './row.js';

const callBuckets = [
  0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10,
] as const;
const poolTaskBuckets = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30] as const;

/** Targets that the sensor keeps apart, and `other`. */
const target = label('target', 'faultline.dependency.target', 21);

/** What only this agent knows. */
export const faultlineMetrics = {
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
