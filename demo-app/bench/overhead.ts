/** What the agent costs: CPU per request by toggling it A B B A in one process under steady load, with a null run
 *  (A A A A) beside it; CPU of an idle process; memory, by pairs of processes. With --toggle heap-sampling: what the
 *  sampling of allocations adds to a request under an agent that is there all the time. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type MeasuredApi, startBackend } from './api.js';
import { readOptions } from './options.js';
import { type Estimate, estimateMedian } from './statistics.js';
import { type SteadyLoad, startSteadyLoad } from './steady-load.js';

const concurrency = 4;
/** Starting a worker charges its CPU to what follows, so each toggle is given time to settle. */
const settleMs = 1_500;
const windowMs = 1_500;
const idleWindowMs = 15_000;
const warmUpMs = 8_000;

const options = readOptions();
const { toggle } = options;

const tell = (text: string): void => void process.stderr.write(`${text}\n`);

async function main(): Promise<void> {
  const backend = await startBackend();
  const onSignal = (): void => void backend.stop().finally(() => process.exit(130));
  process.once('SIGINT', onSignal).once('SIGTERM', onSignal);
  try {
    const api = await backend.startApi();
    if (toggle.off !== 'stop') await api.ask(toggle.off);
    const load = await measureLoad(api);
    if (toggle.off !== 'stop') {
      await api.stop();
      return print(load);
    }
    const idlePoints = await measureIdle(api);
    await api.stop();
    const memoryMb = await measureMemory(backend.startApi);
    print({ ...load, idlePercentOfCore: idlePoints, memoryMb });
  } finally {
    await backend.stop();
  }
}

async function measureLoad(api: MeasuredApi) {
  const load = startSteadyLoad(api.url, concurrency);
  tell(`warming up for ${warmUpMs / 1_000} s`);
  await sleep(warmUpMs);
  const switched: number[] = [];
  const nothing: number[] = [];
  // Both kinds take turns, so that what the machine does in between meets both.
  for (let index = 1; index <= options.quadruples; index += 1) {
    switched.push(await quadruple(api, load, true));
    nothing.push(await quadruple(api, load, false));
    tell(
      `quadruple ${index} of ${options.quadruples}: ${toggle.named} ${percent(switched.at(-1)!)}, null ${percent(nothing.at(-1)!)}`,
    );
  }
  load.stop();
  if (load.failed() > 0) tell(`${load.failed()} requests failed`);
  return {
    requestCpu: estimateMedian(switched),
    nullRun: estimateMedian(nothing),
    requests: load.completed(),
  };
}

/** A B B A: ratio of CPU per request with it to without, less 1. A drift that goes one way cancels out. */
async function quadruple(api: MeasuredApi, load: SteadyLoad, switches: boolean): Promise<number> {
  const off1 = await cpuPerRequest(api, load);
  if (switches) await api.ask(toggle.on);
  const on1 = await cpuPerRequest(api, load);
  const on2 = await cpuPerRequest(api, load);
  if (switches) await api.ask(toggle.off);
  const off2 = await cpuPerRequest(api, load);
  return (on1 + on2) / (off1 + off2) - 1;
}

async function cpuPerRequest(api: MeasuredApi, load: SteadyLoad): Promise<number> {
  await sleep(settleMs);
  const [before, requestsBefore] = [await api.ask('read'), load.completed()];
  await sleep(windowMs);
  const [after, requestsAfter] = [await api.ask('read'), load.completed()];
  return (after.cpuUs - before.cpuUs) / (requestsAfter - requestsBefore);
}

/** Difference in CPU, in percent of one core, of the idle process with and without the agent. */
async function measureIdle(api: MeasuredApi): Promise<Estimate> {
  const differences: number[] = [];
  for (let index = 1; index <= options.idle; index += 1) {
    const off = await idleShare(api);
    await api.ask('start');
    const on = await idleShare(api);
    await api.ask('stop');
    differences.push((on - off) * 100);
    tell(`idle pair ${index} of ${options.idle}: ${differences.at(-1)!.toFixed(3)} % of a core`);
  }
  return estimateMedian(differences);
}

async function idleShare(api: MeasuredApi): Promise<number> {
  await sleep(settleMs * 2);
  const before = await api.ask('read');
  await sleep(idleWindowMs);
  return ((await api.ask('read')).cpuUs - before.cpuUs) / (idleWindowMs * 1_000);
}

/** Pairs of fresh processes: a process that has had the agent keeps some of its memory. */
async function measureMemory(startApi: () => Promise<MeasuredApi>): Promise<Estimate> {
  const differences: number[] = [];
  for (let index = 1; index <= options.pairs; index += 1) {
    const without = await rssAfterLoad(startApi, false);
    const withAgent = await rssAfterLoad(startApi, true);
    differences.push((withAgent - without) / (1024 * 1024));
    tell(`memory pair ${index} of ${options.pairs}: ${differences.at(-1)!.toFixed(1)} MB`);
  }
  return estimateMedian(differences);
}

async function rssAfterLoad(startApi: () => Promise<MeasuredApi>, agent: boolean): Promise<number> {
  const api = await startApi();
  if (agent) await api.ask('start');
  const load = startSteadyLoad(api.url, concurrency);
  await sleep(warmUpMs);
  load.stop();
  await sleep(settleMs);
  const { rssBytes } = await api.ask('read');
  await api.stop();
  return rssBytes;
}

const percent = (ratio: number): string => `${ratio >= 0 ? '+' : ''}${(ratio * 100).toFixed(2)} %`;

interface Result {
  readonly requestCpu: Estimate;
  readonly nullRun: Estimate;
  readonly requests: number;
  /** Both only of the agent as a whole. */
  readonly idlePercentOfCore?: Estimate;
  readonly memoryMb?: Estimate;
}

function print(result: Result): void {
  if (options.json)
    return void process.stdout.write(`${JSON.stringify({ node: process.version, ...result })}\n`);
  const ratio = ({ median, low, high, count }: Estimate): string =>
    `${percent(median)} (95 % interval ${percent(low)} to ${percent(high)}, ${count} quadruples)`;
  const plain = ({ median, low, high, count }: Estimate, unit: string): string =>
    `${median.toFixed(2)} ${unit} (95 % interval ${low.toFixed(2)} to ${high.toFixed(2)}, ${count} pairs)`;
  const lines = [
    `Node ${process.version}, GET /products/:id, ${result.requests} requests, ${concurrency} at a time`,
    `CPU per request with ${toggle.named}  ${ratio(result.requestCpu)}`,
    `the same without it (null run)  ${ratio(result.nullRun)}`,
  ];
  if (result.idlePercentOfCore !== undefined)
    lines.push(`idle process, with the agent    ${plain(result.idlePercentOfCore, '% of a core')}`);
  if (result.memoryMb !== undefined)
    lines.push(`memory (RSS), with the agent    ${plain(result.memoryMb, 'MB')}`);
  process.stdout.write(`${lines.join('\n')}\n`);
}

try {
  await main();
} catch (error) {
  process.stderr.write(`The benchmark failed: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
