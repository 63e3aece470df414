import assert from 'node:assert/strict';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import type { HeapProfile } from '../../src/protocol/heap-profile.js';
import type { IncidentList } from '../../src/protocol/incident.js';
import { startChild, withAgent } from '../harness/child.js';
import { call, getJson } from '../harness/http.js';
import { until } from '../harness/wait.js';

/** A small heap, so that a leak gets somewhere within the length of a test. */
const flags = [...withAgent, '--max-old-space-size=500'];

/** A service under its own load, 100 requests a second. */
const serve = (body: string): string => `import { createServer, get } from 'node:http';
${body}
const server = createServer(function handle(request, response) {
  serve();
  response.end('ok');
});
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address();
  setInterval(() => get({ port }, (response) => response.resume()).on('error', () => {}), 10);
});`;

const leak = serve(`const views = new Map();
let visits = 0;
function rememberForever(visit) {
  const view = { visit, words: Array.from({ length: 100 }, (_, index) => visit + ' ' + index) };
  views.set(visit, view);
}
function serve() {
  for (let count = 0; count < 10; count += 1) rememberForever((visits += 1));
}`);

const leakBound = `const views = new Map();
let visits = 0;
function remember(visit) {
  views.set(visit, { visit, words: Array.from({ length: 100 }, (_, index) => visit + ' ' + index) });
  if (views.size > 2000) views.delete(views.keys().next().value);
}
function serve() {
  for (let count = 0; count < 10; count += 1) remember((visits += 1));
}`;

const sampling = { FAULTLINE_HEAP_SAMPLING: 'on' };
const namesOf = (incidents: IncidentList): string[] => incidents.incidents.map(({ kind }) => kind);

// Both need their time, and little of the machine.
describe('the floor of the heap', { concurrency: true }, () => {
  test('a Map that only grows is a heap leak, with the function that fills it', async (t) => {
    const child = startChild(t, { program: leak, flags, env: sampling });
    const url = await child.url();
    const incident = await until(
      'the leak has its profile',
      async () => {
        const { incidents } = await getJson<IncidentList>(`${url}/incidents`);
        const found = incidents.find(({ kind }) => kind === 'heap-leak');
        return found?.evidence.some(({ name }) => name === 'allocations.heapprofile') ? found : null;
      },
      120_000,
    );
    assert.equal(incident.cause, 'unbounded-retention');
    const { culprit, measurements } = incident;
    assert.equal(culprit?.file, 'program.mjs');
    // V8 charges what an inlined function allocates to the function that it was inlined into: from the one that fills
    // the Map to the one that serves the request.
    assert.ok(culprit.line >= 4 && culprit.line <= 11, JSON.stringify(culprit));
    assert.ok(culprit.share > 0.3, `${culprit.share}`);
    assert.ok(measurements.bytesPerSecond! > 500_000, JSON.stringify(measurements));
    const metrics = (await call(`${url}/metrics`)).body;
    assert.match(metrics, /^faultline_heap_seconds_to_limit \d/m);
    assert.match(metrics, /^faultline_heap_floor_bytes \d/m);
    const name = 'allocations.heapprofile';
    const profile = await getJson<HeapProfile>(`${url}/incidents/${incident.id}/evidence/${name}`);
    assert.ok(profile.head.children.length > 0 && profile.samples.length > 0);
    const file = join(child.faultlineDirectory, 'evidence', incident.id, name);
    assert.equal(statSync(file).mode & 0o777, 0o600);
  });

  test('a cache with a bound that fills and stays is no leak', async (t) => {
    const program = serve(leakBound);
    const child = startChild(t, { program, flags, env: sampling });
    const url = await child.url();
    // Long enough for a leak of this speed to be told.
    await new Promise((resolve) => setTimeout(resolve, 45_000));
    assert.ok(!namesOf(await getJson<IncidentList>(`${url}/incidents`)).includes('heap-leak'));
    assert.match((await call(`${url}/metrics`)).body, /^faultline_heap_floor_bytes \d/m);
  });
});
