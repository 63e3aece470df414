import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { ProbeAnswer } from '../../../src/protocol/stack.js';
import { createHolders } from '../../../src/sensors/pools/holders.js';
import { mockClock } from '../../harness/fake-time.js';
import { until } from '../../harness/wait.js';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

const frames: ProbeAnswer['frames'] = [['readParcel', 'file:///src/parcel.js', 12, 5, false]];
const request = { route: 'GET /sheet', traceId: null, spanId: null };

test('lists those that hold a connection, longest first, with age, state, request and stack', (t) => {
  const clock = mockClock(t, 1_000);
  const [one, two] = [{ busy: true }, { busy: false }];
  const holders = createHolders((client) => (client as { busy: boolean }).busy);
  holders.acquired(one);
  holders.tell(one, { request, frames: () => frames });
  clock.pass(500);
  holders.acquired(two);
  clock.pass(100);
  assert.deepEqual(holders.read(false), [
    { ageMs: 600, querying: true, request, frames },
    { ageMs: 100, querying: false, request: null, frames: [] },
  ]);
});

test('puts a stack into words once, and only for those that are held for a quarter of a second', (t) => {
  const clock = mockClock(t, 1_000);
  let words = 0;
  const client = {};
  const holders = createHolders(() => null);
  holders.acquired(client);
  holders.tell(client, {
    request,
    frames() {
      words += 1;
      return frames;
    },
  });
  clock.pass(249);
  assert.deepEqual(holders.read(false)[0]?.frames, []);
  assert.equal(words, 0);
  clock.pass(1);
  for (let look = 0; look < 3; look += 1) assert.deepEqual(holders.read(false)[0]?.frames, frames);
  assert.equal(words, 1);
  assert.deepEqual(holders.read(false)[0]?.request, request);
});

test('tells who holds a connection only for a moment while callers are queued', (t) => {
  mockClock(t, 1_000);
  const client = {};
  const holders = createHolders(() => null);
  holders.acquired(client);
  holders.tell(client, { request, frames: () => frames });
  assert.deepEqual(holders.read(false)[0]?.frames, []);
  assert.deepEqual(holders.read(true)[0]?.frames, frames);
});

test('tells how long a connection was held, and nothing of one that it has not seen taken', (t) => {
  const clock = mockClock(t, 1_000);
  const client = {};
  const holders = createHolders(() => null);
  assert.equal(holders.released(client), null);
  holders.acquired(client);
  clock.pass(70);
  assert.equal(holders.released(client), 70);
  assert.equal(holders.released(client), null);
  assert.deepEqual(holders.read(false), []);
});

test('lists a hundred of them, and the stacks of ten', (t) => {
  const clock = mockClock(t, 1_000);
  const holders = createHolders(() => null);
  const clients = Array.from({ length: 130 }, () => ({}));
  for (const client of clients) {
    holders.acquired(client);
    holders.tell(client, { request: null, frames: () => frames });
  }
  clock.pass(1_000);
  const list = holders.read(false);
  assert.equal(list.length, 100);
  assert.equal(list.filter((held) => held.frames.length > 0).length, 10);
  // Kept until here, so that none of them is collected.
  assert.equal(clients.length, 130);
});

test('keeps no client alive that everybody else has let go', async () => {
  const holders = createHolders(() => null);
  // In a function of its own, so that no variable of this one holds it.
  const takeAndForget = (): void => holders.acquired({ rows: new Array(10_000).fill(0) });
  takeAndForget();
  assert.equal(holders.read(false).length, 1);
  await until('it is collected', () => {
    collectGarbage();
    return holders.read(false).length === 0;
  });
});
