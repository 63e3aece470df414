/** The process that is captured: an HTTP server with the real probe, and the real capturer in a worker. Prints its
 *  port, and at the end one line with what came out. */
import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Worker } from 'node:worker_threads';
import { openHeartbeat } from '../../src/protocol/heartbeat.js';
import { installProbe } from '../../src/sensors/probe.js';
import { createHandlers } from './handlers.js';
import type { CaptureTally, MemoryMark, SoakResult, WorkerOrder } from './tally.js';

const beatMs = 25;
const [captures = 30_000, perSecond = 300] = process.argv.slice(2).map(Number);
/** Code is compiled and caches are filled during the first tenth: growth is counted from there. */
const warmUpCaptures = Math.ceil(captures / 10);

const heartbeat = openHeartbeat();
setInterval(() => heartbeat.beat(beatMs * 8, beatMs), beatMs).unref();
const handlers = createHandlers();
const probe = installProbe(randomUUID(), heartbeat.beats, () => {
  const route = handlers.current();
  return route === null ? null : { route, traceId: handlers.claimed(), spanId: null };
});

let requests = 0;
const server = createServer((_request, response) => {
  requests += 1;
  void handlers.handle(`request-${requests}`).then((text) => response.end(text));
});
server.listen(0, '127.0.0.1', async () => {
  const { port } = server.address() as AddressInfo;
  process.stdout.write(`${JSON.stringify({ port })}\n`);
  await capture(warmUpCaptures);
  const start = markMemory();
  const tally = await capture(captures);
  const { checks, mismatches, requests: served } = handlers.counts;
  const result: SoakResult = { ...tally, checks, mismatches, requests: served, start, end: markMemory() };
  process.stdout.write(`${JSON.stringify({ result })}\n`, () => process.exit());
});

function capture(count: number): Promise<CaptureTally> {
  const order: WorkerOrder = { heartbeat: heartbeat.buffer, probeKey: probe.key, captures: count, perSecond };
  const worker = new Worker(new URL('./capturing-worker.js', import.meta.url), {
    workerData: order,
    execArgv: [],
  });
  return new Promise((resolve, reject) => {
    worker.once('error', reject).once('message', (tally: CaptureTally) => {
      worker.once('exit', () => resolve(tally));
      worker.postMessage('leave');
    });
  });
}

function markMemory(): MemoryMark {
  globalThis.gc?.();
  const { heapUsed, rss } = process.memoryUsage();
  return { heapBytes: heapUsed, rssBytes: rss };
}
