import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { DrillError } from '../../../src/drill/errors.js';
import { parseExperiment } from '../../../src/drill/format/experiment.js';

type Document = Record<string, unknown>;

const http = { type: 'http', url: 'http://127.0.0.1/' };
const probe = { type: 'probe', name: 'looks', provider: http, tolerance: 200 };
const action = { type: 'action', name: 'acts', provider: http };
const minimal: Document = {
  title: 'A drill',
  description: 'About nothing.',
  method: [],
  extensions: [{ name: 'faultline' }],
};
const withMethod = (...method: unknown[]): Document => ({ ...minimal, method });
const withProvider = (provider: unknown) => withMethod({ ...action, provider });
const withTolerance = (tolerance: unknown) => withMethod({ ...probe, tolerance });
const withPart = (part: Document): Document => ({ ...minimal, extensions: [{ name: 'faultline', ...part }] });
const withExpect = (expect: Document) => withPart({ fault: 'x', expect: { incident: 'y', ...expect } });
const read = (document: unknown) => parseExperiment(JSON.stringify(document), 'drills/x.yaml');

const wrong: readonly (readonly [string, unknown, string])[] = [
  [
    'a part that cannot stand behind the proxy',
    withPart({ behindProxy: ['postgres'] }),
    'extensions[0].behindProxy[0]: expected pricing, the one part of the demo',
  ],
  [
    'so few descriptors that nothing would start',
    withPart({ descriptors: 32 }),
    'extensions[0].descriptors: expected',
  ],
  ['a heap in which nothing would start', withPart({ heapMb: 32 }), 'extensions[0].heapMb: expected'],
  [
    'a container in which nothing would start',
    withPart({ containerMb: 32 }),
    'extensions[0].containerMb: expected',
  ],
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
    'an activity of another type',
    withMethod({ ...action, type: 'wait' }),
    'method[0].type: expected one of probe, action, found "wait"',
  ],
  [
    'an activity without name',
    withMethod({ type: 'action', provider: http }),
    'method[0].name: expected a text, found nothing',
  ],
  [
    'two activities of one name',
    withMethod(action, action),
    'method[1].name: expected a name that no other activity has, found "acts"',
  ],
  [
    'an action with a tolerance',
    withMethod({ ...action, tolerance: 200 }),
    'method[0].tolerance: expected no tolerance',
  ],
  [
    'a reference to nothing',
    withMethod({ ref: 'nope' }),
    'method[0].ref: expected the name of an activity above (none so far), found "nope"',
  ],
  [
    'a long pause',
    withMethod({ ...action, pauses: { after: 6000 } }),
    'method[0].pauses.after: expected a number between 0 and 600, found 6000',
  ],
  [
    'a background that is no boolean',
    withMethod({ ...action, background: 'yes' }),
    'method[0].background: expected true or false, found "yes"',
  ],
  [
    'secrets of an unknown group',
    withMethod({ ...action, secrets: ['aws'] }),
    'secrets: expected the group that "acts" uses (none given), found "aws"',
  ],
  [
    'a python provider',
    withProvider({ type: 'python', module: 'os', func: 'getcwd' }),
    'method[0].provider.type: expected an http or process provider (python providers are not supported',
  ],
  [
    'an unknown provider',
    withProvider({ type: 'ssh' }),
    'method[0].provider.type: expected http or process, found "ssh"',
  ],
  [
    'a provider key that is unknown',
    withProvider({ ...http, body: {} }),
    'method[0].provider.body: expected one of the keys type, url',
  ],
  [
    'a url of another kind',
    withProvider({ ...http, url: 'file:///etc/passwd' }),
    'method[0].provider.url: expected an http:// or https:// address',
  ],
  [
    'an unknown method',
    withProvider({ ...http, method: 'BREW' }),
    'method[0].provider.method: expected one of GET, HEAD',
  ],
  [
    'an endless timeout',
    withProvider({ ...http, timeout: 0 }),
    'method[0].provider.timeout: expected a number between 0.001 and 300, found 0',
  ],
  [
    'three timeouts',
    withProvider({ ...http, timeout: [1, 2, 3] }),
    'method[0].provider.timeout: expected seconds, or a pair',
  ],
  [
    'a process without path',
    withProvider({ type: 'process' }),
    'method[0].provider.path: expected a text, found nothing',
  ],
  [
    'an open quote',
    withProvider({ type: 'process', path: 'x', arguments: 'a "b' }),
    'method[0].provider.arguments: expected arguments with closed quotes',
  ],
  [
    'a broken number as tolerance',
    withTolerance(2.5),
    'method[0].tolerance: expected a boolean, a whole number',
  ],
  [
    'an empty list as tolerance',
    withTolerance([]),
    'method[0].tolerance: expected a list of at least one value, found []',
  ],
  [
    'an unknown tolerance',
    withTolerance({ type: 'xpath' }),
    'method[0].tolerance.type: expected probe, regex, jsonpath or range, found "xpath"',
  ],
  [
    'a broken regex',
    withTolerance({ type: 'regex', pattern: '(' }),
    'method[0].tolerance.pattern: expected a regular expression, found "("',
  ],
  [
    'a filter in a jsonpath',
    withTolerance({ type: 'jsonpath', path: '$.a[?(@.b)]' }),
    'method[0].tolerance.path: expected a JSONPath without filters and scripts',
  ],
  [
    'a jsonpath without root',
    withTolerance({ type: 'jsonpath', path: 'a.b' }),
    'method[0].tolerance.path: expected a JSONPath that begins with $',
  ],
  [
    'a range upside down',
    withTolerance({ type: 'range', range: [2, 1] }),
    'method[0].tolerance.range: expected a pair of numbers, the smaller first',
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
  [
    'no part of ours',
    { ...minimal, extensions: [{ name: 'other' }] },
    'extensions: expected exactly one entry with name: faultline, found "0 entries"',
  ],
  [
    'a fault without expectation',
    withPart({ fault: 'x' }),
    'extensions[0]: expected a fault together with what to expect of it, or neither',
  ],
  [
    'an expectation without fault',
    withPart({ expect: { incident: 'x' } }),
    'extensions[0]: expected a fault together with what to expect',
  ],
  [
    'a lease of a day',
    withPart({ ttl: 86_400 }),
    'extensions[0].ttl: expected a number between 1 and 900, found 86400',
  ],
  [
    'a parameter that is no number',
    withPart({ parameters: { copies: 'many' } }),
    'extensions[0].parameters.copies: expected a number',
  ],
  [
    'an unknown expectation',
    withExpect({ reason: 'x' }),
    'extensions[0].expect.reason: expected one of the keys incident, cause',
  ],
  [
    'no incident',
    withPart({ fault: 'x', expect: {} }),
    'extensions[0].expect.incident: expected a text, found nothing',
  ],
  [
    'lines upside down',
    withExpect({ culprit: { lines: [9, 1] } }),
    'extensions[0].expect.culprit.lines: expected a pair of line numbers, the first one first, found [9,1]',
  ],
  [
    'a broken source pattern',
    withExpect({ culprit: { source: '[' } }),
    'extensions[0].expect.culprit.source: expected a regular expression, found "["',
  ],
];

for (const [what, document, message] of wrong) {
  test(`refuses ${what}, naming file, place, what was expected and what was found`, () => {
    assert.throws(
      () => read(document),
      (error) => {
        assert.ok(error instanceof DrillError);
        assert.equal(error.code, 'document-invalid');
        assert.ok(error.message.startsWith(`drills/x.yaml: ${message}`), error.message);
        return true;
      },
    );
  });
}

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

test('reads process arguments as a text, a list or an object', () => {
  const argumentsOf = (given: unknown) => {
    const provider = read(withProvider({ type: 'process', path: 'tool', arguments: given })).method[0]
      ?.provider;
    return provider?.type === 'process' ? provider.arguments : null;
  };
  assert.deepEqual(argumentsOf(`-a "b c" 'd "e' f\\ g`), ['-a', 'b c', 'd "e', 'f g']);
  assert.deepEqual(argumentsOf(['-a', 1, true]), ['-a', '1', 'true']);
  assert.deepEqual(argumentsOf({ '--name': 'x', '--flag': null }), ['--name', 'x', '--flag']);
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

test('a drill of a full heap or container says how large it is', () => {
  assert.equal(read(minimal).drill.heapMb, null);
  assert.equal(read(minimal).drill.descriptors, null);
  assert.equal(read(withPart({ descriptors: 512 })).drill.descriptors, 512);
  assert.equal(read(withPart({ heapMb: 400 })).drill.heapMb, 400);
  assert.equal(read(minimal).drill.containerMb, null);
  assert.equal(read(withPart({ containerMb: 500 })).drill.containerMb, 500);
});

test('a drill of the network says what must stand behind the proxy', () => {
  assert.deepEqual(read(minimal).drill.behindProxy, []);
  assert.deepEqual(read(withPart({ behindProxy: ['pricing'] })).drill.behindProxy, ['pricing']);
});
