import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { parseExperiment } from '../../../src/drill/format/experiment.js';
import { action, assertRefused, minimal, probe, read, type WrongRow } from '../../harness/drill/document.js';

const wrong: readonly WrongRow[] = [
  ['a list', [], 'the document: expected an object, found []'],
  [
    'an unknown key',
    { ...minimal, metod: [] },
    'metod: expected one of the keys version, title, description',
  ],
  ['no title', { ...minimal, title: undefined }, 'title: expected a text, found nothing'],
  ['an empty description', { ...minimal, description: ' ' }, 'description: expected a text, found " "'],
  ['another version', { ...minimal, version: '2.0.0' }, 'version: expected one of 1.0.0, found "2.0.0"'],
  ['no method', { ...minimal, method: undefined }, 'method: expected a list of activities, found nothing'],
  ['a method that is no list', { ...minimal, method: {} }, 'method: expected a list, found {}'],
  ['tags that are no texts', { ...minimal, tags: [1] }, 'tags[0]: expected a text, found 1'],
  [
    'an unknown weight',
    { ...minimal, contributions: { cost: 'some' } },
    'contributions.cost: expected one of none, low',
  ],
  [
    'controls',
    { ...minimal, controls: [{ name: 'x' }] },
    'controls: expected no controls (they are Python hooks',
  ],
  [
    'a vault',
    { ...minimal, configuration: { a: { type: 'vault' } } },
    'configuration.a.type: expected env (values from vaults',
  ],
  [
    'an env without key',
    { ...minimal, secrets: { s: { a: { type: 'env' } } } },
    'secrets.s.a.key: expected a text, found nothing',
  ],
  [
    'an unknown value type',
    { ...minimal, configuration: { a: { type: 'env', key: 'A', env_var_type: 'date' } } },
    'configuration.a.env_var_type: expected one of str, int, float, bool, json, found "date"',
  ],
  [
    'a hypothesis whose probe cannot fail',
    { ...minimal, 'steady-state-hypothesis': { title: 't', probes: [{ ...probe, tolerance: undefined }] } },
    'steady-state-hypothesis.probes[0].tolerance: expected a tolerance, because a probe without one cannot fail',
  ],
  [
    'a hypothesis with an action',
    { ...minimal, 'steady-state-hypothesis': { title: 't', probes: [action] } },
    'steady-state-hypothesis.probes[0].type: expected probe, found "action"',
  ],
];
for (const [what, document, message] of wrong)
  test(`refuses ${what}, naming file, place, what was expected and what was found`, () =>
    assertRefused(document, message));

test('refuses what is not YAML', () => {
  assert.throws(() => parseExperiment('a: [', 'drills/x.yaml'), /^DrillError: drills\/x\.yaml: not YAML: /);
});

test('resolves references to activities above, and fills in defaults', () => {
  const { method, drill, id } = read({
    ...minimal,
    'steady-state-hypothesis': { title: 't', probes: [probe] },
    method: [{ ref: 'looks' }, action],
  });
  assert.equal(id, 'x');
  assert.equal(method[0]?.name, 'looks');
  assert.deepEqual(method[1], {
    type: 'action',
    name: 'acts',
    provider: {
      type: 'http',
      url: 'http://127.0.0.1/',
      method: 'GET',
      headers: {},
      arguments: null,
      timeout: 10,
      verify_tls: true,
    },
    tolerance: null,
    background: false,
    pauses: { before: 0, after: 0 },
    secrets: [],
  });
  assert.equal(drill.fault, null);
});

for (const name of ['event-loop-stall', 'control']) {
  test(`accepts the drill ${name} of the project`, () => {
    const file = fileURLToPath(new URL(`../../../../drills/${name}.yaml`, import.meta.url));
    const text = readFileSync(file, 'utf8');
    const experiment = parseExperiment(text, file);
    assert.equal(experiment.id, name);
    assert.deepEqual(experiment.document, JSON.parse(JSON.stringify(parse(text))));
  });
}
