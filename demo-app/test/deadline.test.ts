import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { startDeadline } from '../src/deadline.js';

setFlagsFromString('--expose-gc');
const collectGarbage: () => void = runInNewContext('gc');

const firing = (signal: AbortSignal) =>
  new Promise<'fired'>((resolve) => signal.addEventListener('abort', () => resolve('fired')));

test('a deadline fires although nothing holds it but its timer, and garbage was collected', async () => {
  const fired = firing(startDeadline(200, new AbortController().signal).signal);
  for (let turn = 0; turn < 3; turn += 1) {
    await sleep(20);
    collectGarbage();
  }
  assert.equal(await Promise.race([fired, sleep(20_000, 'never', { ref: false })]), 'fired');
});

test('a deadline fires with its parent, also one that has fired already', async () => {
  const parent = new AbortController();
  const { signal, end } = startDeadline(60_000, parent.signal);
  const fired = firing(signal);
  parent.abort();
  assert.equal(await fired, 'fired');
  end();
  const late = startDeadline(60_000, parent.signal);
  assert.ok(late.signal.aborted);
  late.end();
});

test('a deadline that has ended neither fires nor hears its parent', async () => {
  const parent = new AbortController();
  const { signal, end } = startDeadline(20, parent.signal);
  end();
  parent.abort();
  await sleep(60);
  assert.ok(!signal.aborted);
});
