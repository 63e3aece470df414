import { type ChildProcess, fork } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readConfig } from '../src/config.js';
import { prepareDatabase } from '../src/db/migrate.js';
import { createFleet, type Fleet } from '../src/orchestrate/fleet.js';
import { provideDatabase, startPricing } from '../src/orchestrate/parts.js';
import type { Costs, Question } from './control.js';

const products = 2_000;
const startLimitMs = 60_000;
const answerLimitMs = 30_000;

/** Database and pricing service that the measured API processes share. */
export interface Backend {
  startApi(): Promise<MeasuredApi>;
  stop(): Promise<void>;
}

/** One API process that can be asked for its costs and told to start or stop its agent. */
export interface MeasuredApi {
  readonly url: string;
  ask(question: Question['ask']): Promise<Costs>;
  stop(): Promise<void>;
}

export async function startBackend(): Promise<Backend> {
  const fleet: Fleet = createFleet((failure) => {
    throw failure;
  });
  const evidence = mkdtempSync(join(tmpdir(), 'faultline-bench-'));
  const stop = async (): Promise<void> => {
    await fleet.stop();
    rmSync(evidence, { recursive: true, force: true });
  };
  try {
    const database = await provideDatabase(fleet, readConfig(process.env), process.env);
    await prepareDatabase(database.url, products);
    const pricing = await startPricing(fleet, process.env, () => {});
    const environment = {
      ...process.env,
      PORT: '0',
      DATABASE_URL: database.url,
      PRICING_URL: pricing.ready.url,
      ADMIN_TOKEN: randomBytes(18).toString('base64url'),
      LOG_LEVEL: 'error',
      // The limit guards against one greedy client, and that is what the benchmark is.
      RATE_LIMIT_PER_MINUTE: '10000000',
      FAULTLINE_DIR: evidence,
      FAULTLINE_CHAOS: 'off',
    };
    return { startApi: () => startApi(environment), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function startApi(environment: NodeJS.ProcessEnv): Promise<MeasuredApi> {
  const path = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url));
  const preloads = ['../src/telemetry.js', './control.js'].flatMap((file) => ['--import', path(file)]);
  const child = fork(path('../src/server.js'), [], {
    env: environment,
    execArgv: preloads,
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const { url } = await waitForMessage<{ type: string; url: string }>(
    child,
    (message) => message.type === 'ready',
    startLimitMs,
  );
  let asked = 0;
  return {
    url,
    ask(question) {
      asked += 1;
      const bench = asked;
      const reply = waitForMessage<Costs>(child, (message) => message.bench === bench, answerLimitMs);
      child.send({ bench, ask: question } satisfies Question);
      return reply;
    },
    stop: () =>
      new Promise((resolve) => {
        child.once('exit', () => resolve());
        child.kill('SIGTERM');
      }),
  };
}

function waitForMessage<Message>(
  child: ChildProcess,
  isIt: (message: Message) => boolean,
  limitMs: number,
): Promise<Message> {
  return new Promise((resolve, reject) => {
    const onMessage = (message: unknown): void => {
      if (!isIt(message as Message)) return;
      settle();
      resolve(message as Message);
    };
    const fail = (why: string) => (): void => {
      settle();
      reject(new Error(`The API process ${why}.`));
    };
    const onExit = fail('ended while the benchmark ran');
    const timer = setTimeout(fail(`did not answer within ${limitMs} ms`), limitMs);
    function settle(): void {
      clearTimeout(timer);
      child.off('message', onMessage).off('exit', onExit);
    }
    child.on('message', onMessage).once('exit', onExit);
  });
}
