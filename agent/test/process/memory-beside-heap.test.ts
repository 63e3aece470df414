import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import type { Incident, IncidentList } from '../../src/protocol/incident.js';
import { startChild, withAgent } from '../harness/child.js';
import { call, getJson } from '../harness/http.js';
import { until } from '../harness/wait.js';

/** Ten uploads a second of a megabyte each, of which a slice is kept. */
const slices = `const heads = [];
setInterval(() => heads.push(Buffer.alloc(1_000_000, 1).subarray(0, 64)), 100);`;

/** Nine tenths of the heap at once, and then requests whose objects live for a while, so that old space is collected. */
const full = `const vectors = [];
while (vectors.length < 136) vectors.push(Array.from({ length: 131_072 }, () => Math.random()));
const requests = [];
let served = 0;
setInterval(() => {
  served += 1;
  requests[(served + vectors.length) % 20] = Array.from({ length: 2_000 }, (_, index) => ({ served, more: [index] }));
}, 20);`;

const findIncident = async (url: string, kind: string): Promise<Incident | null> => {
  const { incidents } = await getJson<IncidentList>(`${url}/incidents`);
  return incidents.find((incident) => incident.kind === kind) ?? null;
};

// Both need their time, and little of the machine.
describe('memory that ends', { concurrency: true }, () => {
  test('slices that keep their buffers are external memory growth and no heap leak', async (t) => {
    const child = startChild(t, { program: slices, flags: withAgent });
    const url = await child.url();
    const kind = 'external-memory-growth';
    const incident = await until('buffers are told of', () => findIncident(url, kind), 120_000);
    assert.equal(incident.cause, 'buffers');
    assert.ok(incident.measurements.bytesPerSecond! > 1e6, JSON.stringify(incident.measurements));
    assert.ok(incident.measurements.heapBytesPerSecond! < incident.measurements.bytesPerSecond! / 4);
    assert.equal(await findIncident(url, 'heap-leak'), null);
    assert.match((await call(`${url}/metrics`)).body, /^faultline_external_seconds_to_limit \d/m);
  });

  test('a heap that is nine tenths full is told of on every Node, and its evidence outlives the process', async (t) => {
    const flags = [...withAgent, '--max-old-space-size=150'];
    const child = startChild(t, { program: full, flags });
    const url = await child.url();
    const incident = await until(
      'the full heap has its evidence',
      async () => {
        const found = await findIncident(url, 'heap-near-limit');
        return found?.evidence.some(({ name }) => name === 'memory.json') ? found : null;
      },
      120_000,
    );
    assert.equal(incident.severity, 'critical');
    assert.equal(incident.cause, 'working-set');
    assert.equal(incident.measurements.limitBytes, 150 * 1_048_576);
    assert.equal(await findIncident(url, 'heap-leak'), null);
    child.kill('SIGKILL');
    await child.exit;
    const file = join(child.faultlineDirectory, 'evidence', incident.id, 'memory.json');
    const { measurements } = JSON.parse(readFileSync(file, 'utf8')) as Incident;
    assert.ok(measurements.liveShare! > 0.85);
  });
});
