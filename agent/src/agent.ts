import { randomUUID } from 'node:crypto';
import { clearInterval, setInterval } from 'node:timers';
import { isMainThread } from 'node:worker_threads';
import { type AgentConfig, type AgentOptions, mainScript, readConfig, workingDirectory } from './config.js';
import { publishedByHost } from './exporters/host-instrumentation.js';
import { createHostRegistries, type HostRegistries } from './exporters/host-registries.js';
import { createOtelExporter } from './exporters/otel.js';
import type { PrometheusRegistry } from './exporters/prometheus.js';
import { openHeartbeat } from './protocol/heartbeat.js';
import { startAllocationSampling } from './sensors/allocation-sampling.js';
import { leaveBreadcrumbs } from './sensors/breadcrumbs.js';
import { createCreationWatch } from './sensors/creations/watch.js';
import { askForCollection } from './sensors/gentle-collection.js';
import { createHeapTasks } from './sensors/heap-tasks.js';
import { followServedRequests } from './sensors/http/served-requests.js';
import { inspectorPort } from './sensors/inspector-port.js';
import { endListeningBeside, listenBeside } from './sensors/listen-beside.js';
import { createPoolChanges } from './sensors/pools/changes.js';
import { discoverPools as startDiscovery } from './sensors/pools/discover.js';
import type { PoolSensor, SupportedPool } from './sensors/pools/registry.js';
import { installProbe } from './sensors/probe.js';
import { startRequestSensor } from './sensors/requests.js';
import { createSnapshotReader } from './sensors/snapshot.js';
import { listenForSignal } from './sensors/snapshot-signal.js';
import { describeThread, mayNotInspect } from './sensors/thread.js';
import { readYoungReserve } from './sensors/young-reserve.js';
import { discoveryFile, removeDiscoveryFile } from './sidecar/discovery/discovery-file.js';
import { lastWordsFile, removeLastWords } from './sidecar/last-words/record-file.js';
import { type SidecarHandle, startSidecar } from './sidecar-handle.js';
import { startSensors } from './start-sensors.js';

const snapshotIntervalMs = 1_000;
/** Longest wait, while the process exits in the middle of a capture, for the sidecar to let go of the inspector. It
 *  takes a few ms, unless the machine is so busy that the sidecar gets no CPU. */
const exitWaitMs = 1_000;

/** The running agent. */
export interface Agent {
  readonly config: AgentConfig;
  /** Base address of the sidecar's HTTP server; null until it listens, and when FAULTLINE_PORT is off. */
  readonly url: string | null;
  /** Resolves when the sidecar listens (or, without a server, when it watches), and when it could not start:
   *  the host goes on either way. */
  readonly ready: Promise<void>;
  /** Watches a pool of a library that is known, or any other through an adapter ({@link PoolAdapter}; see
   *  docs/pools.md). Throws ERR_FAULTLINE_POOL for something else. Returns what ends the watch. */
  watchPool(pool: SupportedPool, options?: { readonly name?: string }): () => void;
  /** Adds the agent's metrics to a prom-client Registry of the service, except for names that it has already.
   *  Returns those names; close() takes out what was added. While the main thread is blocked, only the sidecar's /metrics answers. */
  registerMetrics(registry: PrometheusRegistry): string[];
  /** Stops everything and leaves nothing behind. Safe to call twice. */
  close(): Promise<void>;
}

let running: Agent | null = null;

/** Starts an agent for the thread that calls; a second call returns the agent that runs there. Throws
 *  ERR_FAULTLINE_CONFIG for a bad setting; after that it never throws into the host. */
export function startAgent(options: AgentOptions & { readonly discoverPools?: boolean } = {}): Agent {
  if (running !== null) return running;
  const { discoverPools = false, ...settings } = options;
  running = assemble(readOwnConfig(settings), discoverPools);
  return running;
}

/** FAULTLINE_PORT is the port of the process; a worker that names none of its own gets a free one. */
function readOwnConfig(settings: AgentOptions): AgentConfig {
  const config = readConfig(process.env, settings);
  return isMainThread || settings.port !== undefined || config.port === null
    ? config
    : { ...config, port: 0 };
}

function assemble(config: AgentConfig, discoverPools: boolean): Agent {
  const thread = describeThread();
  const file = discoveryFile(config.directory, process.pid, thread.id);
  const processStartedAtMs = Date.now() - process.uptime() * 1_000;
  const lastWords = lastWordsFile(config.directory, process.pid, processStartedAtMs, thread.id);
  const heartbeat = openHeartbeat();
  heartbeat.setInspectorPort(inspectorPort());
  const otel = createOtelExporter(() =>
    config.otel === 'auto' ? publishedByHost() : () => config.otel === 'off',
  );
  const served = followServedRequests();
  const requests = startRequestSensor(served);
  const probe = installProbe(`faultline.${randomUUID()}`, heartbeat.beats, requests.current);
  const breadcrumbs =
    config.breadcrumbs === 'on' ? leaveBreadcrumbs(heartbeat.operationSlots, heartbeat.beats) : null;
  const blindBecause = mayNotInspect();
  const mayProfile = config.heapSampling === 'on' && blindBecause === null;
  const allocations = mayProfile ? startAllocationSampling() : null;
  const creations = createCreationWatch();
  const sensors = startSensors({
    heartbeat,
    config,
    otel,
    discover: discoverPools,
    served,
    requests,
    onWork: () => sidecar.send({ type: 'work' }),
  });
  const endRequestStarts = served.onBegin(sensors.delay.work);
  const readSnapshot = createSnapshotReader(sensors);
  const sidecar = startSidecar(
    {
      config,
      heartbeat: heartbeat.buffer,
      probeKey: probe.key,
      blindBecause,
      thread,
      samplesHeap: allocations !== null && allocations.because() === null,
      readingCollects: allocations?.readingCollects ?? true,
      youngReserveBytes: readYoungReserve(),
      processStartedAtMs,
      workingDirectory: workingDirectory(),
      mainScript: mainScript(),
    },
    {
      runHeapTask: createHeapTasks(() => allocations?.read() ?? null),
      countAllocations: () => allocations?.countAll(),
      askForCollection,
      watchCreations: creations.watch,
    },
  );
  const signal = listenForSignal(config.snapshotSignal, () => sidecar.send({ type: 'snapshot-wanted' }));
  const registries = createHostRegistries(sidecar.collect, { httpRequestDuration: config.httpLabels });
  const discovery = discoverPools ? startDiscovery(sensors.pools.found) : null;

  const readChanges = createPoolChanges();
  const tick = (): void => {
    heartbeat.setInspectorPort(inspectorPort());
    requests.refresh();
    discovery?.look();
    sensors.dependencies.look();
    sensors.requests.look();
    const snapshot = readSnapshot();
    sidecar.send({ type: 'snapshot', snapshot: { ...snapshot, pools: readChanges(snapshot.pools) } });
    otel.publish(snapshot);
  };
  const timer = setInterval(guarded(tick), snapshotIntervalMs).unref();
  setImmediate(guarded(tick)).unref();
  const onExit = (): void => {
    heartbeat.releaseForExit(exitWaitMs);
    removeLastWords(lastWords);
    removeDiscoveryFile(file);
  };
  listenBeside(process, 'exit', onExit);

  const close = async (): Promise<void> => {
    running = null;
    clearInterval(timer);
    // Both wrap methods of the same classes: what was wrapped last is given back first.
    sensors.dependencies.close();
    discovery?.close();
    signal.close();
    await sidecar.close();
    removeLastWords(lastWords);
    removeDiscoveryFile(file);
    endListeningBeside(process, 'exit', onExit);
    breadcrumbs?.close();
    endRequestStarts();
    allocations?.close();
    creations.close();
    for (const part of [...Object.values(sensors), requests, served, probe, otel, registries]) part.close();
  };
  return createHandle(config, { pools: sensors.pools, sidecar, registries }, close);
}

interface HandleParts {
  readonly pools: PoolSensor;
  readonly sidecar: SidecarHandle;
  readonly registries: HostRegistries;
}

function createHandle(
  config: AgentConfig,
  { pools, sidecar, registries }: HandleParts,
  close: () => Promise<void>,
): Agent {
  let closing: Promise<void> | null = null;
  return {
    config,
    get url() {
      return sidecar.url();
    },
    get ready() {
      return sidecar.whenReady();
    },
    watchPool: (pool, { name } = {}) => pools.watch(pool, name),
    registerMetrics: registries.add,
    close() {
      closing ??= close();
      return closing;
    },
  };
}

/** Whatever goes wrong in the agent's own timers stays there. */
const guarded = (work: () => void) => (): void => {
  try {
    work();
  } catch {
    // Counted where it can be: each sensor guards itself, and the sidecar restarts on its own.
  }
};
