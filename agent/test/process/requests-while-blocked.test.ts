import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RunningRequests } from '../../src/protocol/requests.js';
import { startChild } from '../harness/child.js';
import { call, getJson } from '../harness/http.js';
import { until } from '../harness/wait.js';

/** One route never answers until it is told to, another blocks the loop for as long as the test needs. */
const program = `
import { createServer } from 'node:http';
const waiting = [];
createServer((request, response) => {
  const [, name] = request.url.split('/');
  request.route = { path: '/' + name + '/:id' };
  if (name === 'wait') waiting.push(response);
  else if (name === 'block') for (const end = Date.now() + 4000; Date.now() < end;);
  else for (const each of waiting) each.end();
  if (name !== 'wait') response.end();
}).listen(0, '127.0.0.1', function () { console.log('port ' + this.address().port); });
`;

test('what is stuck is told while the loop is blocked, with ages that go on and the request that blocks', async (t) => {
  const child = startChild(t, { program });
  const url = await child.url();
  const service = `http://127.0.0.1:${await child.printed(/port (\d+)/)}`;
  const ask = (): Promise<RunningRequests> => getJson<RunningRequests>(`${url}/requests`);
  const { inFlight } = await until('the first reading has come', async () => {
    const answer = await ask();
    return answer.inFlight !== null && answer;
  });
  assert.equal(inFlight, 0);

  const waits = call(`${service}/wait/17?token=secret`);
  await until('the one that waits is known', async () => (await ask()).inFlight === 1);
  const blocks = call(`${service}/block/4`);
  const first = await until('the block is known, and by whom', async () => {
    const answer = await ask();
    return answer.blockedBy !== null && answer;
  });
  assert.equal(first.blockedBy?.route, 'GET /block/:id');
  assert.deepEqual([first.inFlight, first.requests.length, first.requests[0]?.traceId], [1, 1, null]);
  assert.equal(first.requests[0]?.route, '/wait/:id');
  const later = await until('the answer is older', async () => {
    const answer = await ask();
    return answer.readingAgeMs! >= first.readingAgeMs! + 300 && answer;
  });
  assert.ok(later.blockedForMs! > first.blockedForMs!);
  const grown = later.requests[0]!.ageMs - first.requests[0]!.ageMs;
  assert.ok(Math.abs(grown - (later.readingAgeMs! - first.readingAgeMs!)) <= 2, `${grown}`);
  const report = await getJson<{ readonly requests: RunningRequests }>(`${url}/report`);
  assert.deepEqual(report.requests.requests.length, 1);
  assert.doesNotMatch(JSON.stringify(report), /secret/);

  await blocks;
  await call(`${service}/release/1`);
  await waits;
  await until('nothing runs', async () => {
    const answer = await ask();
    return answer.inFlight === 0 && answer.blockedForMs === null && answer.requests.length === 0;
  });
});
