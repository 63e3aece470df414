import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Exit, runChild, withAgent } from '../harness/child.js';

const exitsInBlock = 20;
/** Two processes at a time: this machine may have two cores, and others may use them. */
const atOnce = 2;
const silent = { FAULTLINE_LOG: 'silent' };
/** An open inspector session would make Node print that it waits for the debugger. */
const quiet: Exit = { code: 0, signal: null, stdout: '', stderr: '' };

test(`exits ${exitsInBlock} times in the middle of a block while stacks are taken`, async (t) => {
  const program = `
    const spin = (ms) => { const end = Date.now() + ms; while (Date.now() < end); };
    setTimeout(() => { spin(Number(process.env.BLOCK_MS)); process.exit(5); }, 250);`;
  const run = (index: number): Promise<Exit> => {
    const env = { BLOCK_MS: String(40 + index * 13), FAULTLINE_STALL_MS: '20' };
    return runChild(t, { program, env: { ...silent, ...env } });
  };
  for (let index = 0; index < exitsInBlock; index += atOnce) {
    const exits = await Promise.all(Array.from({ length: atOnce }, (_, offset) => run(index + offset)));
    for (const exit of exits) assert.deepEqual(exit, { ...quiet, code: 5 });
  }
});

test('exits in the moment that a stack has been taken, before its session is closed', async (t) => {
  const program = `
    // Shared, so that no optimization takes it for constant: it changes in the middle of the loop.
    const taken = new Int32Array(new SharedArrayBuffer(4));
    setTimeout(() => {
      const key = Object.getOwnPropertyNames(globalThis).find((name) => name.startsWith('faultline.'));
      const probe = globalThis[key];
      Object.defineProperty(globalThis, key, { value: () => { Atomics.store(taken, 0, 1); return probe(); } });
      const end = Date.now() + 20_000;
      while (Atomics.load(taken, 0) === 0 && Date.now() < end);
      process.exit(taken[0] === 1 ? 5 : 9);
    }, 500);`;
  assert.deepEqual(await runChild(t, { program, env: silent }), { ...quiet, code: 5 });
});

test('exits from a call that ran no JavaScript for a long time', async (t) => {
  const program = `
    import { execSync } from 'node:child_process';
    execSync('sleep 0.7');
    process.exit(6);`;
  assert.deepEqual(await runChild(t, { program, env: silent }), { ...quiet, code: 6 });
});

test('dies of its own memory as without the agent', async (t) => {
  const program = `
    const kept = [];
    for (;;) kept.push(Array.from({ length: 10_000 }, (_, index) => ({ index })));`;
  const run = (flags: readonly string[]) =>
    runChild(t, { program, env: silent, flags: ['--max-old-space-size=40', ...flags] });
  const [without, withIt] = await Promise.all([run([]), run(withAgent)]);
  assert.deepEqual([withIt.code, withIt.signal], [without.code, without.signal]);
  assert.match(withIt.stderr, /heap out of memory/);
});
