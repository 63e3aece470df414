import { type AddressInfo, connect, createServer } from 'node:net';
import { parentPort, workerData } from 'node:worker_threads';
import type { SilentHostTask } from './silent-host.js';

const { end, longestMs } = workerData as SilentHostTask;
const backlog = 1;
/** Kernels keep a few connections more than they are asked to. Those beyond are silence themselves. */
const fillers = 8;

const server = createServer();
server.listen({ port: 0, host: '127.0.0.1', backlog }, () => {
  const { port } = server.address() as AddressInfo;
  for (let filler = 0; filler < fillers; filler += 1) connect(port, '127.0.0.1').on('error', () => {});
  // The fillers are on their way after the ticks that stand before this one. From here on nothing of this thread runs,
  // so that nobody accepts anything.
  process.nextTick(() => {
    parentPort?.postMessage(port);
    Atomics.wait(end, 0, 0, longestMs);
    process.exit();
  });
});
