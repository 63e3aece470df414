import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import type { IncidentList } from '../../src/protocol/incident.js';
import { startChild } from '../harness/child.js';
import { call, getJson } from '../harness/http.js';
import { until } from '../harness/wait.js';

/** A server with a router like Express's: it leaves the matched route on the request. */
const program = `
import { createServer } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
function buildReport() {
  for (const end = Date.now() + 600; Date.now() < end;);
}
const server = createServer(async (request, response) => {
  request.route = { path: request.url.includes('report') ? '/shops/:id/report' : '/shops/:id' };
  await delay(5);
  if (request.url.includes('report')) buildReport();
  response.end();
});
server.listen(0, '127.0.0.1', () => console.log('port ' + server.address().port));
`;

test('names the route that blocks in the middle of others, and joins its blocks into one incident', async (t) => {
  const child = startChild(t, { program });
  const url = await child.url();
  const service = `http://127.0.0.1:${await child.printed(/port (\d+)/)}`;
  for (let round = 0; round < 3; round += 1) {
    const others = Array.from({ length: 20 }, (_, index) => call(`${service}/shops/${index}`));
    await Promise.all([...others, call(`${service}/shops/${round}/report`)]);
    // Two blocks without a turn of the loop that the agent sees between them are one block to it.
    await delay(500);
  }
  const incident = await until('more than one block is known', async () => {
    const { incidents } = await getJson<IncidentList>(`${url}/incidents`);
    const found = incidents.find(({ request }) => request?.route === 'GET /shops/:id/report');
    return (
      found !== undefined && found.occurrences > 1 && found.measurements.totalBlockedMs! > 1_000 && found
    );
  });
  assert.equal(incident.culprit?.function, 'buildReport');
  const { incidents } = await getJson<IncidentList>(`${url}/incidents`);
  assert.equal(incidents.filter(({ culprit }) => culprit?.function === 'buildReport').length, 1);
});
