import { isMainThread } from 'node:worker_threads';
import type { AgentConfig } from './config.js';
import type { OtelExporter } from './exporters/otel.js';
import { requestAttributes } from './exporters/request-attributes.js';
import type { Heartbeat } from './protocol/heartbeat.js';
import type { Pace } from './sensors/beat-pace.js';
import { startChaosFaultsSensor } from './sensors/chaos-faults.js';
import { startDependencySensor } from './sensors/dependencies/sensor.js';
import { startEventLoopDelaySensor } from './sensors/event-loop-delay.js';
import { startGcSensor } from './sensors/gc.js';
import { startHeapSensor } from './sensors/heap.js';
import { startRequestsSensor } from './sensors/http/sensor.js';
import type { ServedRequests } from './sensors/http/served-requests.js';
import { awaitingReaders } from './sensors/http/slow-readers.js';
import { startListenersSensor } from './sensors/listeners.js';
import { startPoolSensor } from './sensors/pools/registry.js';
import type { RequestSensor } from './sensors/requests.js';
import { startResourcesSensor } from './sensors/resources.js';
import { startThreadpoolSensor } from './sensors/threadpool/sensor.js';
import { readTraceIdOf } from './sensors/traced-requests.js';
import { startUtilizationSensor } from './sensors/utilization.js';

/** While the loop works, a quarter of the threshold: a block is noticed at most this much late. While it rests,
 *  beats are rare, since each of them wakes the thread: ten a second cost about a thousandth of a core. */
function beatPaceOf(stallMs: number): Pace {
  const workingMs = Math.max(5, Math.round(stallMs / 4));
  return { workingMs, restingMs: Math.max(workingMs, Math.min(stallMs, 100)) };
}

/** What the sensors need of the agent. */
export interface SensorParts {
  readonly heartbeat: Heartbeat;
  readonly config: AgentConfig;
  readonly otel: OtelExporter;
  readonly discover: boolean;
  readonly served: ServedRequests;
  readonly requests: RequestSensor;
  readonly onWork: () => void;
}

/** Everything that is read in the thread of the service, by what it reads. */
export function startSensors({ heartbeat, config, otel, discover, served, requests, onWork }: SensorParts) {
  const delay = startEventLoopDelaySensor(heartbeat, beatPaceOf(config.stallMs), onWork);
  return {
    delay,
    utilization: startUtilizationSensor(),
    gc: startGcSensor((kind, seconds) => otel.record('gcDuration', seconds, kind)),
    heap: startHeapSensor(),
    resources: startResourcesSensor(),
    pools: startPoolSensor(
      {
        onWait: (pool, seconds) => otel.record('poolWaitTime', seconds, pool),
        onUse: (pool, seconds) => otel.record('poolUseTime', seconds, pool),
        onCreate: (pool, seconds) => otel.record('poolCreateTime', seconds, pool),
        onTimeout: (pool) => otel.add('poolTimeouts', pool),
      },
      requests.current,
      { mark: requests.mark, awaiting: () => awaitingReaders(served, requests.markOf) },
    ),
    dependencies: startDependencySensor(delay, discover),
    threadpool: isMainThread
      ? startThreadpoolSensor(delay.lateMs, config.breadcrumbs === 'on')
      : { read: () => null, close() {} },
    inbound: { read: served.begun, close() {} },
    requests: startRequestsSensor(served, {
      wantsEnds: () => otel.wants('httpRequestDuration'),
      onEnd: (ended) => otel.record('httpRequestDuration', ended.seconds, ...requestAttributes(ended)),
      traceIdOf: ({ response }) => (requests.isTraced() ? readTraceIdOf(response) : null),
    }),
    listeners: startListenersSensor(),
    chaosFaults: startChaosFaultsSensor(),
  };
}
