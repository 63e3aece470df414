import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';

const limitMs = 20_000;
const module = new URL('../../src/drill/end-with-runner.js', import.meta.url).href;

/** A process that starts a sleeping child, tells its number, and goes on. */
const runner = `
  const { endWithRunner } = await import(${JSON.stringify(module)});
  const { spawn } = await import('node:child_process');
  const child = spawn('sleep', ['300'], { stdio: 'ignore', detached: true });
  endWithRunner(child);
  console.log(child.pid);
  process.stdin.resume().on('data', () => child.kill('SIGTERM'));
  child.on('exit', () => process.exit());
`;

/** A process that has ended and that nobody has asked about yet, as in a container without an init, is not alive. */
const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return process.platform !== 'linux' || !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'latin1'));
  } catch {
    return false;
  }
};

async function startRunner() {
  const child = spawn(process.execPath, ['--input-type=module', '-e', runner], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const [line] = await once(child.stdout, 'data');
  return { child, sleeper: Number(String(line)) };
}

test('a child ends with its runner, although that was killed', {
  skip: process.platform === 'win32',
}, async (t) => {
  const { child, sleeper } = await startRunner();
  t.after(() => isAlive(sleeper) && process.kill(sleeper, 'SIGKILL'));
  assert.ok(isAlive(sleeper));
  child.kill('SIGKILL');
  const endMs = performance.now() + limitMs;
  while (isAlive(sleeper) && performance.now() < endMs) await sleep(20);
  assert.ok(!isAlive(sleeper));
});

test('a child that ends by itself leaves no watcher that would keep the runner', async () => {
  const { child } = await startRunner();
  const ended = once(child, 'exit');
  child.stdin.write('end\n');
  const first = await Promise.race([ended, sleep(limitMs, 'late' as const, { ref: false })]);
  assert.notEqual(first, 'late');
});
