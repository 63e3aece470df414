import assert from 'node:assert/strict';
import { Resolver } from 'node:dns/promises';
import { test } from 'node:test';
import { openSlowResolver } from '../../src/network/slow-resolver.js';

test('a slow resolver knows this machine by every name, and says so late', async (t) => {
  const slow = openSlowResolver(200);
  t.after(() => slow.close());
  const resolver = new Resolver();
  resolver.setServers([`127.0.0.1:${await slow.port}`]);
  const startedMs = performance.now();
  const answers = await Promise.all([resolver.resolve4('pricing.internal'), resolver.resolve4('a.b')]);
  assert.deepEqual(answers, [['127.0.0.1'], ['127.0.0.1']]);
  const passedMs = performance.now() - startedMs;
  // Timers may fire a little early.
  assert.ok(passedMs >= 190, `${passedMs} ms`);
});
