import { MessageChannel, receiveMessageOnPort } from 'node:worker_threads';
import type pg from 'pg';
import { openHeartbeat } from '../../src/protocol/heartbeat.js';
import type { Snapshot } from '../../src/protocol/snapshot.js';
import { startChaosFaultsSensor } from '../../src/sensors/chaos-faults.js';
import { startDependencySensor } from '../../src/sensors/dependencies/sensor.js';
import { startEventLoopDelaySensor } from '../../src/sensors/event-loop-delay.js';
import { startGcSensor } from '../../src/sensors/gc.js';
import { startHeapSensor } from '../../src/sensors/heap.js';
import { startListenersSensor } from '../../src/sensors/listeners.js';
import { createPoolChanges } from '../../src/sensors/pools/changes.js';
import { startPoolSensor } from '../../src/sensors/pools/registry.js';
import { startResourcesSensor } from '../../src/sensors/resources.js';
import { createSnapshotReader, type SnapshotSensors } from '../../src/sensors/snapshot.js';
import { startThreadpoolSensor } from '../../src/sensors/threadpool/sensor.js';
import { startUtilizationSensor } from '../../src/sensors/utilization.js';
import type { Cost } from '../call-costs.js';
import { manyRoutes, serve, startRequests } from '../requests/serving.js';
import { compareWindows } from '../toggling.js';
import { makePool, silent } from './pool.js';

const manyPools = 1_000;
const connectionsOfPool = 6;
/** Connections of each pool that somebody holds all the while. */
const heldOfPool = 5;
const readingsInWindow = 5;
/** What a snapshot may take of the main thread, once a second. */
const snapshotLimitNs = 2_000_000;

/** What a second costs of the main thread: reading, and copying for the sidecar. */
export async function measureSnapshots(quadruples: number, tell: (text: string) => void): Promise<Cost[]> {
  const parts = await startParts();
  const { pools, sensors } = parts;
  const readAll = createSnapshotReader(sensors);
  const readPools = createSnapshotReader({ ...nothing, pools: sensors.pools });
  const rows: readonly [string, () => Snapshot][] = [
    ['snapshot part, 1,000 pools', readPools],
    ['whole snapshot, 1,000 pools and 10,000 routes', readAll],
  ];
  const costs: Cost[] = [];
  for (const [name, read] of rows) {
    tell(name);
    const sender = createSender(read);
    const cost = await compareWindows(name, quadruples, (reads) => timeOf(reads ? sender : null, pools));
    sender.close();
    costs.push({ ...cost, limitNs: snapshotLimitNs });
  }
  await parts.close();
  return costs;
}

/** What the agent does once a second. What is sent is received outside of the measured time, as the sidecar does it. */
function createSender(read: () => Snapshot): Sender {
  const readChanges = createPoolChanges();
  const { port1, port2 } = new MessageChannel();
  port1.unref();
  return {
    send() {
      const snapshot = read();
      port1.postMessage({ ...snapshot, pools: readChanges(snapshot.pools) });
    },
    receive: () => void receiveMessageOnPort(port2),
    close: () => port1.close(),
  };
}

interface Sender {
  send(): void;
  receive(): void;
  close(): void;
}

/** Every pool is used between two readings, so that there is something new of each. The median of a window, because the
 *  system may give the CPU to somebody else in the middle of one. Unit: ns. */
async function timeOf(sender: Sender | null, pools: readonly pg.Pool[]): Promise<number> {
  const times: number[] = [];
  for (let index = 0; index < readingsInWindow; index += 1) {
    if (sender !== null) for (const pool of pools) (await pool.connect()).release();
    const start = process.hrtime.bigint();
    sender?.send();
    times.push(Number(process.hrtime.bigint() - start));
    sender?.receive();
  }
  return times.sort((a, b) => a - b)[Math.floor(readingsInWindow / 2)]!;
}

async function startParts() {
  const sensor = startPoolSensor(silent);
  const pools = Array.from({ length: manyPools }, () => makePool(connectionsOfPool));
  const held: pg.PoolClient[] = [];
  for (const [index, pool] of pools.entries()) {
    sensor.watch(pool, `pool-${index}`);
    for (let count = 0; count < heldOfPool; count += 1) held.push(await pool.connect());
  }
  const requests = startRequests(false);
  for (let index = 0; index < manyRoutes; index += 1) serve(index, manyRoutes);
  const delay = startEventLoopDelaySensor(openHeartbeat(), { workingMs: 12, restingMs: 50 });
  const sensors: SnapshotSensors = {
    delay,
    utilization: startUtilizationSensor(),
    gc: startGcSensor(() => {}),
    heap: startHeapSensor(),
    resources: startResourcesSensor(),
    pools: sensor,
    dependencies: startDependencySensor(delay, true),
    threadpool: startThreadpoolSensor(delay.lateMs, false),
    inbound: { read: requests.begun, close() {} },
    requests,
    listeners: startListenersSensor(),
    chaosFaults: startChaosFaultsSensor(),
  };
  return {
    pools,
    sensors,
    async close() {
      for (const each of Object.values(sensors)) each.close();
      for (const client of held) client.release();
      await Promise.all(pools.map((pool) => pool.end()));
    },
  };
}

const none = { read: () => null, close() {} };
const nothing: SnapshotSensors = {
  delay: none,
  utilization: none,
  gc: none,
  heap: none,
  resources: none,
  pools: none,
  dependencies: none,
  threadpool: none,
  inbound: none,
  requests: none,
  listeners: none,
  chaosFaults: none,
};
