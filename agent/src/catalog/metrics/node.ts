import type { MetricRow } from '../types.js';
import { beats, counter, gauge, histogram, label } from './row.js';

const delayBuckets = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10] as const;

/** Standard quantities of Node that prom-client does not publish. */
export const nodeMetrics = {
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
} as const satisfies Record<string, MetricRow>;
