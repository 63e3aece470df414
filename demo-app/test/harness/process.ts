import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

/** Whether a process runs. One that has ended and only waits to be buried does not. */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  try {
    return !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    // Without /proc the first answer has to do; with it the process has ended just now.
    return process.platform !== 'linux';
  }
}

/** Waits until the condition holds. Fulfilled with whether it did in time. */
export async function eventually(
  condition: () => boolean | Promise<boolean>,
  limitMs: number,
): Promise<boolean> {
  for (const endMs = performance.now() + limitMs; performance.now() < endMs; await delay(25))
    if (await condition()) return true;
  return condition();
}
