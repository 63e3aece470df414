import type { MetricRow } from '../types.js';
import { beats, counter, gauge, histogram, label } from './row.js';

const gcBuckets = [0.001, 0.01, 0.1, 1, 2, 5] as const;

const space = label('space', 'v8js.heap.space.name', 16);
const resource = label('type', 'v8js.resource.type', 40);
const gcKind = label('kind', 'v8js.gc.type', 8);

/** One of the loop-delay gauges that prom-client and OpenTelemetry both publish. */
const delay = (stat: string, help: string): MetricRow =>
  gauge({
    prometheus: `nodejs_eventloop_lag_${stat}_seconds`,
    otel: `nodejs.eventloop.delay.${stat}`,
    unit: 's',
    help,
    source: beats,
  });

/** The same names and labels as prom-client's default metrics, so that its dashboards light up unchanged. */
export const promClientMetrics = {
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
} as const satisfies Record<string, MetricRow>;
