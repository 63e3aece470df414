import { type MetricId, metricCatalog } from '../catalog/metrics.js';
import type { DependencyReading } from '../protocol/dependency.js';
import type { PoolReading } from '../protocol/pool.js';
import type { LabelValues, Reading } from '../protocol/reading.js';
import type { RequestsReading } from '../protocol/requests.js';
import type { GcReading, HeapReading, HistogramCounts, Snapshot } from '../protocol/snapshot.js';

const value = (metric: MetricId, number: number | null, ...labels: LabelValues): Reading[] =>
  number === null ? [] : [{ metric, labels, value: number }];
const histogram = (metric: MetricId, counts: HistogramCounts, ...labels: LabelValues): Reading[] => [
  { metric, labels, histogram: counts },
];
const seconds = (ms: number | null): number | null => (ms === null ? null : ms / 1_000);

/** The readings that a snapshot holds, in the units of the catalog. Parts that could not be read are left out. */
export function readSnapshot(snapshot: Snapshot): Reading[] {
  return [
    ...delayReadings(snapshot),
    ...utilizationReadings(snapshot),
    ...(snapshot.gc === null ? [] : gcReadings(snapshot.gc)),
    ...(snapshot.heap === null ? [] : heapReadings(snapshot.heap)),
    ...(snapshot.resources === null ? [] : resourceReadings(snapshot.resources)),
    ...(snapshot.pools ?? []).flatMap(poolReadings),
    ...(snapshot.dependencies ?? []).flatMap(dependencyReadings),
    ...(snapshot.threadpool === null ? [] : histogram('threadpoolWait', snapshot.threadpool.wait)),
    ...value('inboundRequests', snapshot.inbound),
    ...(snapshot.requests === null ? [] : requestReadings(snapshot.requests)),
    ...(snapshot.chaosFaults ?? []).flatMap((fault) => value('chaosActive', 1, fault)),
    ...Object.entries(snapshot.errors).flatMap(([sensor, count]) => value('agentErrors', count, sensor)),
  ];
}

function delayReadings({ delay }: Snapshot): Reading[] {
  if (delay === null) return [];
  return [
    ...value('eventLoopLag', seconds(delay.newestMs)),
    ...value('eventLoopDelayMin', seconds(delay.minMs)),
    ...value('eventLoopDelayMax', seconds(delay.maxMs)),
    ...value('eventLoopDelayMean', seconds(delay.meanMs)),
    ...value('eventLoopDelayStddev', seconds(delay.stddevMs)),
    ...value('eventLoopDelayP50', seconds(delay.p50Ms)),
    ...value('eventLoopDelayP90', seconds(delay.p90Ms)),
    ...value('eventLoopDelayP99', seconds(delay.p99Ms)),
    ...histogram('eventLoopDelay', delay.histogram),
  ];
}

function utilizationReadings({ utilization }: Snapshot): Reading[] {
  if (utilization === null) return [];
  return [
    ...value('eventLoopUtilization', utilization.ratio),
    ...value('eventLoopTime', utilization.activeMs / 1_000, 'active'),
    ...value('eventLoopTime', utilization.idleMs / 1_000, 'idle'),
  ];
}

const gcReadings = ({ byKind }: GcReading): Reading[] =>
  Object.entries(byKind).flatMap(([kind, counts]) => histogram('gcDuration', counts, kind));

function heapReadings(heap: HeapReading): Reading[] {
  return [
    ...value('heapTotal', heap.totalBytes),
    ...value('heapUsed', heap.usedBytes),
    ...value('heapLimit', heap.limitBytes),
    ...value('externalMemory', heap.externalBytes),
    ...value('arrayBuffers', heap.arrayBuffersBytes),
    ...heap.spaces.flatMap((space) => [
      ...value('heapSpaceTotal', space.totalBytes, space.name),
      ...value('heapSpaceUsed', space.usedBytes, space.name),
      ...value('heapSpaceAvailable', space.availableBytes, space.name),
      ...value('heapSpacePhysical', space.physicalBytes, space.name),
    ]),
  ];
}

/** Node lists handles and requests to libuv together; the latter say so in their names. */
const isRequest = (type: string): boolean => /Req(uest)?(Wrap)?$|^FSReq/.test(type);

function resourceReadings(resources: Readonly<Record<string, number>>): Reading[] {
  const entries = Object.entries(resources);
  const total = (chosen: typeof entries): number => chosen.reduce((sum, [, count]) => sum + count, 0);
  const requests = entries.filter(([type]) => isRequest(type));
  const handles = entries.filter(([type]) => !isRequest(type));
  const byType = (metric: MetricId, chosen: typeof entries): Reading[] =>
    chosen.flatMap(([type, count]) => value(metric, count, type));
  return [
    ...byType('activeResources', entries),
    ...value('activeResourcesTotal', total(entries)),
    ...byType('activeHandles', handles),
    ...value('activeHandlesTotal', total(handles)),
    ...byType('activeRequests', requests),
    ...value('activeRequestsTotal', total(requests)),
  ];
}

function poolReadings(pool: PoolReading): Reading[] {
  return [
    ...value('poolCount', pool.usedCount, pool.name, 'used'),
    ...value('poolCount', pool.idleCount, pool.name, 'idle'),
    ...value('poolMax', pool.maxCount, pool.name),
    ...value('poolPending', pool.pendingCount, pool.name),
    ...value('poolTimeouts', pool.timeouts, pool.name),
    ...histogram('poolWaitTime', pool.waitTime, pool.name),
    ...histogram('poolUseTime', pool.useTime, pool.name),
    ...histogram('poolCreateTime', pool.createTime, pool.name),
  ];
}

function dependencyReadings({ target, begun, inFlight, answered, errors }: DependencyReading): Reading[] {
  return [
    ...histogram('dependencyDuration', answered, target),
    ...value('dependencyCalls', begun, target),
    ...value('dependencyInFlight', inFlight, target),
    ...Object.entries(errors).flatMap(([kind, count]) => value('dependencyErrors', count, target, kind)),
  ];
}

function requestReadings({ inFlight, series, foldedRoutes }: RequestsReading): Reading[] {
  const { prometheus } = metricCatalog.httpRequestDuration;
  return [
    ...value('httpRequestsInFlight', inFlight),
    ...series.flatMap(({ method, route, status, durations }) =>
      histogram('httpRequestDuration', durations, method, route, status),
    ),
    ...(foldedRoutes === 0 ? [] : value('labelOverflow', foldedRoutes, prometheus!)),
  ];
}
