import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpus } from 'node:os';
import { atExit } from '../at-exit.js';

const perCore = 3;
const niceness = 5;

/** Processes that do nothing but compute, several on every core. `stop()` ends them all. */
export interface Neighbours {
  readonly what: string;
  stop(): Promise<void>;
}

export function startNeighbours(): Neighbours {
  const busy = 'for (;;);';
  const children = Array.from({ length: cpus().length * perCore }, () =>
    spawn('nice', ['-n', String(niceness), process.execPath, '-e', busy], { stdio: 'ignore' }),
  );
  const forget = atExit(() => {
    for (const child of children) child.kill('SIGKILL');
  });
  return {
    what: `${children.length} busy processes at nice ${niceness} on ${cpus().length} cores`,
    async stop() {
      forget();
      await Promise.all(
        children.map(async (child) => {
          if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
          const exit = once(child, 'exit');
          child.kill('SIGKILL');
          await exit;
        }),
      );
    },
  };
}
