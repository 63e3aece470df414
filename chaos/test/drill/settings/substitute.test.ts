import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Json } from '../../../src/drill/experiment.js';
import { resolveSettings } from '../../../src/drill/settings/resolve.js';
import type { Setting } from '../../../src/drill/settings/settings.js';
import { substitute, variablesFor } from '../../../src/drill/settings/substitute.js';

const variables = new Map<string, Json>([
  ['host', '127.0.0.1'],
  ['port', 80],
  ['deep', { a: [1] }],
]);
const name = (text: string) => `\${${text}}`;
const cases: readonly (readonly [string, Json, Json])[] = [
  ['a text', `http://${name('host')}:${name('port')}/`, 'http://127.0.0.1:80/'],
  ['a whole text by the value with its type', name('port'), 80],
  ['lists and objects', { a: [name('host'), { b: name('deep') }] }, { a: ['127.0.0.1', { b: { a: [1] } }] }],
  ['an escaped dollar sign', `costs $$5 at ${name('host')}`, 'costs $5 at 127.0.0.1'],
  ['nothing in what is no text', [1, true, null], [1, true, null]],
  ['nothing in a lone dollar sign', 'up 1$', 'up 1$'],
];

for (const [what, given, expected] of cases) {
  test(`replaces ${what}`, () => assert.deepEqual(substitute(given, variables, 'x'), expected));
}

test('refuses a name that does not exist, and lists those that do', () => {
  assert.throws(
    () => substitute(`x${name('hots')}`, variables, 'probe "p"'),
    /probe "p": no setting \$\{hots\}; known here: host, port, deep/,
  );
});

const env = (rest: Partial<Extract<Setting, { kind: 'env' }>> = {}): Setting => ({
  kind: 'env',
  key: 'KEY',
  fallback: undefined,
  as: 'str',
  ...rest,
});
const resolve = (setting: Setting, environment: Record<string, string>) =>
  resolveSettings({ configuration: { a: setting }, secrets: {} }, environment).configuration.a;

const conversions: readonly (readonly [string, Setting, Record<string, string>, Json])[] = [
  ['a text', env(), { KEY: 'v' }, 'v'],
  ['a default', env({ fallback: 3 }), {}, 3],
  ['an integer', env({ as: 'int' }), { KEY: '-7' }, -7],
  ['a float', env({ as: 'float' }), { KEY: '1.5' }, 1.5],
  ['a boolean', env({ as: 'bool' }), { KEY: 'no' }, false],
  ['JSON', env({ as: 'json' }), { KEY: '[1]' }, [1]],
];
for (const [what, setting, environment, expected] of conversions) {
  test(`reads ${what} from the environment`, () => assert.deepEqual(resolve(setting, environment), expected));
}

test('names the variable that is missing, or cannot be converted', () => {
  assert.throws(
    () => resolve(env(), {}),
    /configuration\.a: the environment variable KEY is needed and is not set/,
  );
  assert.throws(() => resolve(env({ as: 'int' }), { KEY: '1.5' }), /KEY must be int, got "1\.5"/);
});

test('an activity sees only the groups of secrets that it names', () => {
  const settings = resolveSettings(
    {
      configuration: {},
      secrets: { one: { a: { kind: 'literal', value: 'x' } }, two: { b: { kind: 'literal', value: 'y' } } },
    },
    {},
  );
  assert.deepEqual([...variablesFor(settings, ['one']).keys()], ['a']);
});
