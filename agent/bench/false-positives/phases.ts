import { setTimeout as sleep } from 'node:timers/promises';
import { startNeighbours } from './neighbours.js';
import { createQuota, type Quota } from './quota.js';

/** What a phase does to a healthy service while it is under load. */
export interface Phase {
  readonly name: string;
  /** Share of the whole run. */
  readonly share: number;
  /** Whether the service loads hundreds of modules at once when it starts. */
  readonly heavyStart?: boolean;
  /** Requests that are open at any time, and the pause after each. The more, the more CPU the service wants. */
  readonly load: { readonly concurrency: number; readonly pauseMs: number };
  /** Makes the place that the service is started in; a text says why that is not possible here. */
  enter?(): Quota | string;
  /** Resolves after `ms` with what was done to the service. */
  disturb(ms: number, kill: (signal: NodeJS.Signals) => void): Promise<string>;
}

const stoppedMs = 1_500;
const runningMs = 2_500;

const light = { concurrency: 4, pauseMs: 15 };
const heavy = { concurrency: 16, pauseMs: 0 };

export const phases: readonly Phase[] = [
  {
    name: 'healthy',
    load: light,
    share: 0.4,
    async disturb(ms) {
      await sleep(ms);
      return 'nothing';
    },
  },
  {
    name: 'suspended',
    load: light,
    share: 0.2,
    async disturb(ms, kill) {
      const times = Math.max(3, Math.floor(ms / (stoppedMs + runningMs)));
      for (let time = 0; time < times; time += 1) {
        kill('SIGSTOP');
        await sleep(stoppedMs);
        kill('SIGCONT');
        await sleep(runningMs);
      }
      return `${times} times SIGSTOP for ${stoppedMs} ms`;
    },
  },
  {
    name: 'neighbours',
    load: heavy,
    share: 0.15,
    async disturb(ms) {
      const neighbours = startNeighbours();
      try {
        await sleep(ms);
      } finally {
        await neighbours.stop();
      }
      return neighbours.what;
    },
  },
  {
    name: 'quota',
    load: heavy,
    share: 0.15,
    enter: createQuota,
    async disturb(ms) {
      await sleep(ms);
      return 'a CPU quota';
    },
  },
  {
    name: 'heavy start',
    load: light,
    share: 0.1,
    heavyStart: true,
    async disturb(ms) {
      await sleep(ms);
      return 'hundreds of modules loaded at once';
    },
  },
];
