import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import type { Creations } from '../../../src/protocol/creations.js';
import { createCreationWatch } from '../../../src/sensors/creations/watch.js';

const functionsOf = (creations: Creations | null): string[] =>
  (creations?.stayed ?? []).map(
    ({ frames }) => frames.find(([, file]) => file.startsWith('file:'))?.[0] ?? '',
  );
const shortSpan = { catchingMs: 200, stayingMs: 300 };

test('of timers those that stay are told with the function that has made them', async () => {
  const watch = createCreationWatch(shortSpan);
  const left: NodeJS.Timeout[] = [];
  const answer = watch.watch('timers');
  function leaveTimer(): void {
    left.push(setInterval(() => {}, 60_000));
  }
  function runSoon(): void {
    setTimeout(() => {}, 1);
  }
  function clearAtOnce(): void {
    clearTimeout(setTimeout(() => {}, 60_000));
  }
  for (let round = 0; round < 12; round += 1) {
    leaveTimer();
    runSoon();
    clearAtOnce();
  }
  const creations = await answer;
  for (const timer of left) clearInterval(timer);
  assert.deepEqual(functionsOf(creations), ['leaveTimer']);
  assert.deepEqual([creations?.cause, creations?.stayed[0]?.count], ['timers', 12]);
  assert.ok(creations!.made >= 36);
});

test('of more than it can hold a random choice of the whole span is caught', async () => {
  const watch = createCreationWatch(shortSpan);
  const answer = watch.watch('timers');
  const left: NodeJS.Timeout[] = [];
  function first(): void {
    left.push(setTimeout(() => {}, 60_000));
  }
  function second(): void {
    left.push(setTimeout(() => {}, 60_000));
  }
  for (let round = 0; round < 2_000; round += 1) first();
  for (let round = 0; round < 2_000; round += 1) second();
  const creations = await answer;
  for (const timer of left) clearTimeout(timer);
  assert.equal(creations?.made, 4_000);
  // One function may stand in the answer by several stacks.
  assert.deepEqual([...new Set(functionsOf(creations))].sort(), ['first', 'second']);
});

test('of sockets those that are still open are told with the function that has connected', async (t) => {
  const accepted: Socket[] = [];
  const server = createServer((socket) => accepted.push(socket)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  const { port } = server.address() as AddressInfo;
  const watch = createCreationWatch(shortSpan);
  const answer = watch.watch('sockets');
  const left: Socket[] = [];
  function askWithoutEnd(): void {
    left.push(connect(port, '127.0.0.1'));
  }
  function askAndEnd(): void {
    const socket = connect(port, '127.0.0.1', () => socket.destroy());
  }
  for (let round = 0; round < 5; round += 1) {
    askWithoutEnd();
    askAndEnd();
  }
  const creations = await answer;
  for (const socket of [...left, ...accepted]) socket.destroy();
  assert.equal(functionsOf(creations).includes('askWithoutEnd'), true, JSON.stringify(creations));
  assert.equal(functionsOf(creations).includes('askAndEnd'), false, JSON.stringify(creations));
});

test('nothing is watched before and after, one watch goes on at a time, and close() ends it', async () => {
  const watch = createCreationWatch({ catchingMs: 60_000, stayingMs: 60_000 });
  const first = watch.watch('timers');
  assert.equal(await watch.watch('sockets'), null);
  watch.close();
  assert.equal(await first, null);
  const timer = setTimeout(() => {}, 60_000);
  clearTimeout(timer);
  // The watch itself does not keep the process alive.
  const alive = delay(1_000);
  const creations = await createCreationWatch(shortSpan).watch('timers');
  await alive;
  assert.deepEqual(functionsOf(creations), []);
});
