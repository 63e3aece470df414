import { channel } from 'node:diagnostics_channel';
import { Command, Redis } from 'ioredis';
import { startDependencySensor } from '../../src/sensors/dependencies/sensor.js';
import type { Cost } from '../call-costs.js';
import { compareWindows } from '../toggling.js';

const callsInWindow = 5_000;

const created = channel('http.client.request.created');
const started = channel('http.client.request.start');
const finished = channel('http.client.response.finish');
const undiciCreate = channel('undici:request:create');
const undiciSent = channel('undici:client:sendHeaders');
const undiciHeaders = channel('undici:request:headers');
const response = { statusCode: 200 };

/** Stands for a request of node:http: what is read from one, and nothing else. Publishes what Node 22 and later do. */
function askByHttp(index: number, targets: number): void {
  const host = `host-${index % targets}:3000`;
  const request = {
    method: 'GET',
    protocol: 'http:',
    host,
    getHeader: (name: string) => (name === 'host' ? host : undefined),
  };
  if (created.hasSubscribers) created.publish({ request });
  if (started.hasSubscribers) started.publish({ request });
  if (finished.hasSubscribers) finished.publish({ request, response });
}

/** The same for undici. */
function askByUndici(index: number, targets: number): void {
  const request = { method: 'GET', origin: `http://host-${index % targets}:3000`, upgrade: null };
  if (undiciCreate.hasSubscribers) undiciCreate.publish({ request });
  if (undiciSent.hasSubscribers) undiciSent.publish({ request });
  if (undiciHeaders.hasSubscribers) undiciHeaders.publish({ request, response });
}

const redisStart = channel('tracing:node-redis:command:start');
const redisAnswer = channel('tracing:node-redis:command:asyncStart');

/** What node-redis tells of a command. What it takes to make that is its own, and not in here. */
function askByNodeRedis(index: number, targets: number): void {
  const host = `host-${index % targets}`;
  const trace = { command: 'GET', args: ['GET', 'a'], clientId: host, serverAddress: host, serverPort: 6379 };
  if (redisStart.hasSubscribers) redisStart.publish(trace);
  if (redisAnswer.hasSubscribers) redisAnswer.publish(trace);
}

/** What the client of ioredis needs to take itself for connected. */
interface Connected {
  status: string;
  stream: { writable: boolean; write(): void };
  condition: { select: number };
  readonly commandQueue: { shift(): { readonly command: { resolve(reply: Buffer): void } } };
}
const reply = Buffer.from('OK');
const ioredisClient = new Redis({ lazyConnect: true }) as unknown as Connected & Pick<Redis, 'sendCommand'>;
ioredisClient.stream = { writable: true, write() {} };
ioredisClient.condition = { select: 0 };
ioredisClient.status = 'ready';

/** The client is real, its server is not. */
function askByIoredis(): void {
  void ioredisClient.sendCommand(new Command('get', ['a']));
  ioredisClient.commandQueue.shift().command.resolve(reply);
}

type Ask = typeof askByHttp;
const rows: readonly [name: string, ask: Ask, targets: number][] = [
  ['node:http, 1 target', askByHttp, 1],
  ['node:http, 20 targets', askByHttp, 20],
  ['node:http, 1,000 targets', askByHttp, 1_000],
  ['undici, 1 target', askByUndici, 1],
  ['undici, 1,000 targets', askByUndici, 1_000],
  ['node-redis, 1 target', askByNodeRedis, 1],
  ['ioredis, 1 target', askByIoredis, 1],
];

export async function measureCosts(quadruples: number, tell: (text: string) => void): Promise<Cost[]> {
  const costs: Cost[] = [];
  for (const [name, ask, targets] of rows) {
    tell(name);
    costs.push(await compareWindows(name, quadruples, (followed) => timeOf(ask, targets, followed)));
  }
  return costs;
}

/** Time of one call in a window. Unit: ns. */
function timeOf(ask: Ask, targets: number, followed: boolean): number {
  const sensor = followed ? startDependencySensor({ lateMs: () => 0 }, true) : null;
  sensor?.look();
  try {
    const start = process.hrtime.bigint();
    for (let index = 0; index < callsInWindow; index += 1) ask(index, targets);
    return Number(process.hrtime.bigint() - start) / callsInWindow;
  } finally {
    sensor?.close();
  }
}
