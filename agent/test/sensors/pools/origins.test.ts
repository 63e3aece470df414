import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createOriginSampler } from '../../../src/sensors/pools/origins.js';

const request = { route: 'GET /report', traceId: null, spanId: null };

test('tells the stack below the function that was called, innermost first, and the request', () => {
  const sampler = createOriginSampler(() => request);
  const connect = () => sampler.look(connect);
  const takeConnection = () => connect();
  const origin = takeConnection();
  assert.deepEqual(origin?.request, request);
  const [first] = origin?.frames() ?? [];
  assert.deepEqual([first?.[0], first?.[1]], ['takeConnection', import.meta.url]);
});

test('looks at every caller while there are no more than fifty a second, and at none beyond', () => {
  const sampler = createOriginSampler(() => null);
  const look = () => sampler.look(look) !== null;
  const looked = Array.from({ length: 250 }, look);
  assert.equal(looked.filter(Boolean).length, 50);
  assert.equal(looked.slice(0, 50).every(Boolean), true);
});

test('spreads its looks over the second once it knows how many callers there are', () => {
  let turn = 0;
  const sampler = createOriginSampler(
    () => null,
    () => (turn++ % 20) / 20,
  );
  const look = () => sampler.look(look) !== null;
  for (let call = 0; call < 1_000; call += 1) look();
  sampler.nextSecond();
  const looked = Array.from({ length: 1_000 }, look);
  assert.equal(looked.filter(Boolean).length, 50);
  assert.ok(looked.slice(900).some(Boolean), 'none of the last tenth');
  sampler.nextSecond();
  sampler.nextSecond();
  assert.equal(look(), true, 'a quiet second has all of its callers looked at again');
});

test('leaves the limit of the host and its own way to show stacks as they were', () => {
  const { stackTraceLimit } = Error;
  const hook = Error.prepareStackTrace;
  Error.stackTraceLimit = 3;
  Error.prepareStackTrace = () => 'mine';
  try {
    const sampler = createOriginSampler(() => null);
    const look = () => sampler.look(look);
    const origin = look();
    assert.equal(Error.stackTraceLimit, 3);
    assert.ok((origin?.frames().length ?? 0) > 3);
    assert.equal(new Error('x').stack, 'mine');
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
    Error.prepareStackTrace = hook;
  }
});
