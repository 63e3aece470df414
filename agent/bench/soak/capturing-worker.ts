/** Takes stacks of the main thread at a steady rate with the agent's own capturer, and counts what comes back. */
import { setTimeout as sleep } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { openHeartbeat } from '../../src/protocol/heartbeat.js';
import { createCapturer } from '../../src/sidecar/watchdog/capture.js';
import type { CaptureTally, WorkerOrder } from './tally.js';

const order = workerData as WorkerOrder;
const capturer = createCapturer(openHeartbeat(order.heartbeat), order.probeKey);
const gapMs = 1_000 / order.perSecond;
const startMs = performance.now();
let answered = 0;
let wrongRequests = 0;
let insideHandlers = 0;

for (let asked = 0; asked < order.captures; asked += 1) {
  const dueMs = startMs + asked * gapMs - performance.now();
  if (dueMs >= 1) await sleep(dueMs);
  const sample = await capturer.capture();
  if (sample === null) continue;
  answered += 1;
  // The probe puts the storage's value where the route belongs, and the handler's own note where the trace does.
  const { route, traceId: claimed } = sample.request ?? { route: null, traceId: null };
  if (claimed === null) continue;
  insideHandlers += 1;
  if (route !== claimed) wrongRequests += 1;
}
const tally: CaptureTally = {
  asked: order.captures,
  answered,
  wrongRequests,
  insideHandlers,
  blindBecause: capturer.blindBecause(),
  seconds: (performance.now() - startMs) / 1_000,
};
capturer.close();
parentPort!.postMessage(tally);
// The main thread drops the last session when it next takes an interrupt. A worker that is gone by then would take
// the process with it, so this one leaves when the main thread has spoken.
parentPort!.once('message', () => parentPort!.close());
