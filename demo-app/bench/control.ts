/** Loaded with --import into the API process of a benchmark: starts and stops the agent and reads the process's
 *  own costs when the benchmark asks over IPC. Nothing of it exists in the service itself. */
import { type Agent, startAgent } from '@faultline/agent';

/** What the benchmark may ask for. Each question has a number, which the answer repeats. */
export interface Question {
  readonly bench: number;
  readonly ask: 'start' | 'start-without-sampling' | 'start-with-sampling' | 'stop' | 'read';
}

/** Costs of the whole process, all threads, since its start. */
export interface Costs {
  readonly bench: number;
  /** Unit: µs of CPU time. */
  readonly cpuUs: number;
  /** Unit: bytes. */
  readonly rssBytes: number;
}

/** What the agent is started with: as a service would, or with the sampling of allocations switched by hand. */
const settings = {
  start: {},
  'start-without-sampling': { heapSampling: 'off' },
  'start-with-sampling': { heapSampling: 'on' },
} as const;
let agent: Agent | null = null;

process.on('message', (message: Partial<Question>) => {
  if (typeof message.bench === 'number') void answer(message as Question);
});

async function answer({ bench, ask }: Question): Promise<void> {
  if (ask !== 'read') await agent?.close();
  if (ask === 'stop') agent = null;
  if (ask in settings) {
    agent = startAgent({
      port: 0,
      logLevel: 'error',
      discoverPools: true,
      ...settings[ask as keyof typeof settings],
    });
    await agent.ready;
  }
  const { user, system } = process.cpuUsage();
  process.send?.({ bench, cpuUs: user + system, rssBytes: process.memoryUsage.rss() } satisfies Costs);
}
