import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Incident, IncidentList } from '../../src/protocol/incident.js';
import { startChild } from '../harness/child.js';
import { crowded } from '../harness/crowded.js';
import { getJson } from '../harness/http.js';
import { until } from '../harness/wait.js';

/** The call stands on line 5 of the program. */
const blocking = (setup: string, call: string): string =>
  `${setup}
setInterval(() => {}, 1_000);
setTimeout(() => work(), 1_500);
function work() {
  const result = ${call};
  const endedAt = Date.now();
  setTimeout(() => console.log('ended', endedAt, typeof result), 50);
}
`;

const rows: readonly [string, string, string][] = [
  [
    'crypto.pbkdf2Sync',
    "import { pbkdf2Sync } from 'node:crypto';",
    "pbkdf2Sync('a', 'b', 4_000_000, 64, 'sha512')",
  ],
  [
    'child_process.execFileSync',
    "import { execFileSync } from 'node:child_process';",
    "execFileSync(process.execPath, ['-e', 'setTimeout(() => {}, 2_000)'])",
  ],
  ['JSON.parse', "const text = '[' + '{\"a\":[1,2,3]},'.repeat(3_000_000) + '1]';", 'JSON.parse(text)'],
  [
    'Atomics.wait',
    'const slots = new Int32Array(new SharedArrayBuffer(4));',
    'Atomics.wait(slots, 0, 0, 2_000)',
  ],
];

for (const [name, setup, call] of rows) {
  test(`${name} is named while it blocks, and its line when it has returned`, async (t) => {
    const reason = crowded();
    if (reason !== null) return t.skip(reason);
    const child = startChild(t, { program: blocking(setup, call) });
    const url = await child.url();
    const find = async (wanted: (incident: Incident) => boolean): Promise<Incident> =>
      until('the incident is there', async () => {
        const { incidents } = await getJson<IncidentList>(`${url}/incidents`);
        return incidents.find(wanted);
      });
    const during = await find(({ operation }) => operation === name);
    const seenAt = Date.now();
    assert.equal(during.cause, 'sync-call');
    assert.match(during.title, new RegExp(`ms by ${name}`));
    const after = await find(({ culprit }) => culprit !== null);
    assert.equal(after.id, during.id, 'one block opened two incidents');
    assert.deepEqual(
      [after.operation, after.culprit?.function, after.culprit?.file, after.culprit?.line],
      [name, 'work', 'program.mjs', 5],
    );
    assert.ok(seenAt < Number(await child.printed(/ended (\d+)/)), 'the call had returned already');
  });
}

test('without breadcrumbs a synchronous call is still told, by its silence', async (t) => {
  const reason = crowded();
  if (reason !== null) return t.skip(reason);
  const [, setup, call] = rows[0]!;
  const env = { FAULTLINE_BREADCRUMBS: 'off' };
  const child = startChild(t, { program: blocking(setup, call), env });
  const url = await child.url();
  const incident = await until('the incident has its line', async () => {
    const { incidents } = await getJson<IncidentList>(`${url}/incidents`);
    return incidents.find(({ culprit }) => culprit !== null);
  });
  assert.deepEqual([incident.cause, incident.operation], ['sync-call', undefined]);
});
