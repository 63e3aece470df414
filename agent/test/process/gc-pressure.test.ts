import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { IncidentList } from '../../src/protocol/incident.js';
import { startChild } from '../harness/child.js';
import { crowded } from '../harness/crowded.js';
import { getJson } from '../harness/http.js';
import { until } from '../harness/wait.js';

/** Much is made, some of it lives for a moment, and nothing is kept: collections take twice the limit or more, on every
 *  version. */
const program = `let shelf = [];
function cloneShelf(round) {
  return Array.from({ length: 40000 }, (_, index) => ({ index, round, tags: ['a', 'b', index], text: round + ' ' + index }));
}
let round = 0;
setInterval(function tick() {
  round += 1;
  shelf = [...shelf.slice(-12), cloneShelf(round)];
}, 10);`;

test('churn that keeps nothing is pressure on the collector, with the function that makes it, and no leak', async (t) => {
  const reason = crowded();
  if (reason !== null) return t.skip(reason);
  const child = startChild(t, { program, env: { FAULTLINE_HEAP_SAMPLING: 'on' } });
  const url = await child.url();
  const incident = await until(
    'the pressure is noticed',
    async () => {
      const { incidents } = await getJson<IncidentList>(`${url}/incidents`);
      const found = incidents.find(({ kind }) => kind === 'gc-pressure');
      return found?.evidence.some(({ name }) => name === 'allocations.heapprofile') ? found : null;
    },
    90_000,
  );
  assert.equal(incident.cause, 'allocation-rate');
  assert.ok(incident.measurements.gcRatio! > 0.1);
  const { culprit } = incident;
  assert.equal(culprit?.file, 'program.mjs');
  assert.ok(['cloneShelf', 'tick', '<anonymous>'].includes(culprit.function), JSON.stringify(culprit));
  assert.ok(culprit.line >= 2 && culprit.line <= 6, JSON.stringify(culprit));
  assert.ok(incident.ruledOut.some(({ kind }) => kind === 'heap-leak'));
  const { incidents } = await getJson<IncidentList>(`${url}/incidents`);
  assert.ok(!incidents.some(({ kind }) => kind === 'heap-leak'));
});
