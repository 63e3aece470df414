import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { parseExperiment } from '../../src/drill/format/experiment.js';
import * as chaos from '../../src/index.js';
import { readParameters } from '../../src/parameters.js';

/** Every fault that the package offers. */
const faults = Object.values(chaos).filter((value) => typeof value === 'object' && 'mustCause' in value);
const folder = fileURLToPath(new URL('../../../drills/', import.meta.url));
const drills = readdirSync(folder).map((file) =>
  parseExperiment(readFileSync(`${folder}${file}`, 'utf8'), `chaos/drills/${file}`),
);

test('each fault has a name of its own', () => {
  assert.ok(faults.length >= 6);
  assert.equal(new Set(faults.map(({ id }) => id)).size, faults.length);
});

/** Faults whose drill waits for the detector of their incident. A drill of one of them takes it off this list. */
const notDrilledYet: ReadonlySet<string> = new Set();

for (const { id, parameters, mustCause, mustNotCause } of faults) {
  test(`${id} starts with parameters that lie within their limits`, () => {
    const rows = Object.entries(parameters);
    for (const [name, { fallback, min, max }] of rows)
      assert.ok(min <= fallback && fallback <= max && max < Infinity, name);
    assert.deepEqual(
      readParameters(id, parameters, {}),
      Object.fromEntries(rows.map(([name, { fallback }]) => [name, fallback])),
    );
  });

  test(`${id} is drilled for the incident that it must cause, and for none that it must not`, () => {
    const own = drills.filter(({ drill }) => drill.fault === id);
    assert.equal(own.length === 0, notDrilledYet.has(id), 'a drill, or a place on the list, and not both');
    for (const { drill } of own) {
      assert.equal(drill.expect?.incident, mustCause);
      assert.doesNotThrow(() => readParameters(id, parameters, drill.parameters));
      for (const kind of mustNotCause) assert.ok(drill.mustNotFire.includes(kind), `${kind} may fire`);
      assert.ok(!drill.mustNotFire.includes(mustCause));
    }
  });
}

test('every drill that breaks something breaks it by a fault that exists', () => {
  const known = new Set<string>(faults.map(({ id }) => id));
  for (const { id, drill } of drills) assert.ok(drill.fault === null || known.has(drill.fault), id);
});
