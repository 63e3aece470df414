import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Incident, IncidentList } from '../../src/protocol/incident.js';
import { startChild } from '../harness/child.js';
import { crowded } from '../harness/crowded.js';
import { getJson } from '../harness/http.js';
import { until } from '../harness/wait.js';

const rows: readonly [string, string, string, string][] = [
  [
    'javascript',
    'tasks of 30 ms without a pause',
    `setInterval(render, 1);
function render() {
  const startedMs = performance.now();
  while (performance.now() - startedMs < 30) Math.sqrt(startedMs);
}`,
    'render',
  ],
  [
    'sync-call',
    'files that are read without a pause',
    `import { readFileSync } from 'node:fs';
function load() {
  for (let turn = 0; turn < 200; turn += 1) readFileSync(new URL(import.meta.url));
  setImmediate(load);
}
load();`,
    'load',
  ],
  [
    'callbacks',
    'immediates that do nothing but come again',
    `const again = () => setImmediate(again);
for (let turn = 0; turn < 50; turn += 1) again();`,
    'again',
  ],
];

for (const [cause, title, program, name] of rows) {
  test(`${title}: ${cause}, with its lines and shares`, async (t) => {
    // A loop that waits for a CPU is not saturated, and the agent says so.
    const reason = crowded();
    if (reason !== null) return t.skip(reason);
    const child = startChild(t, { program });
    const url = await child.url();
    const incident = await until(
      'the incident has its profile',
      async () => {
        const { incidents } = await getJson<IncidentList>(`${url}/incidents`);
        const found = incidents.find(({ kind }) => kind === 'event-loop-saturated');
        return found?.evidence.some((item) => item.name === 'stacks.cpuprofile') ? found : null;
      },
      40_000,
    );
    check(incident, cause, name);
    const profile = await getJson<{ samples: number[] }>(
      `${url}/incidents/${incident.id}/evidence/stacks.cpuprofile`,
    );
    assert.ok(profile.samples.length >= 8);
  });
}

function check({ cause, culprit }: Incident, expected: string, name: string): void {
  assert.equal(cause, expected);
  // A flood of callbacks may be caught in Node's own code at every look.
  if (culprit === null) assert.equal(expected, 'callbacks');
  else {
    assert.ok(culprit.function.endsWith(name), culprit.function);
    assert.ok(culprit.lines!.length > 0 && culprit.lines!.every(({ share }) => share > 0 && share <= 1));
  }
}
