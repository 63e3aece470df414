import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Failure } from '../src/failure.js';
import { parseTarget } from '../src/load/client.js';
import { parseOptions } from '../src/orchestrate/options.js';

const isUsage = (says: RegExp) => (error: unknown) =>
  error instanceof Failure && error.exitCode === 2 && says.test(error.message);

test('without flags the demo has load, exports every five seconds, the agent and chaos', () => {
  assert.deepEqual(parseOptions([]), {
    load: true,
    rate: 40,
    exportEverySeconds: 5,
    featureEverySeconds: 2,
    slowReaders: 0,
    seed: 1,
    port: null,
    quiet: false,
    agent: true,
    chaos: true,
    pricingProxy: false,
    heapMb: null,
    containerMb: null,
    descriptors: null,
  });
});

test('only the pricing service can stand behind the proxy', () => {
  assert.equal(parseOptions(['--descriptors', '1024'])?.descriptors, 1_024);
  assert.equal(parseOptions(['--behind-proxy', 'pricing'])?.pricingProxy, true);
  assert.throws(
    () => parseOptions(['--behind-proxy', 'postgres']),
    isUsage(/^--behind-proxy must be pricing; got "postgres"/),
  );
});

test('heap and container have sizes', () => {
  const options = parseOptions(['--heap-mb', '400', '--container-mb', '500']);
  assert.deepEqual([options?.heapMb, options?.containerMb], [400, 500]);
});

test('flags change what they say', () => {
  const options = parseOptions(['--no-load', '--rate=5', '--export-every', '0', '--port', '0', '--no-agent']);
  assert.deepEqual(
    [options?.load, options?.rate, options?.exportEverySeconds, options?.port, options?.agent],
    [false, 5, 0, 0, false],
  );
});

test('help is asked for, not an error', () => assert.equal(parseOptions(['--help']), null));

const wrong: readonly [args: string[], says: RegExp][] = [
  [['--rate', '0'], /--rate must be a number from 0.1 to 5000; got "0"/],
  [['--rate', 'fast'], /got "fast"/],
  [['--export-every', '0.1'], /--export-every must be a number from 0.2 to 3600, or 0; got "0.1"/],
  [['--container-mb', '20'], /--container-mb must be an integer from 64 to 65536; got "20"/],
  [['--slow-readers', '101'], /--slow-readers must be an integer from 0 to 100; got "101"/],
  [['--port', '70000'], /--port must be an integer from 0 to 65535; got "70000"/],
  [['--prot', '1'], /--prot.*See --help/],
  [['start'], /start.*See --help/],
];
for (const [args, says] of wrong)
  test(`"${args.join(' ')}" is wrong usage and says why`, () => {
    assert.throws(() => parseOptions(args), isUsage(says));
  });

for (const target of ['http://127.0.0.1:3000', 'http://localhost:1', 'http://[::1]:8080'])
  test(`load may be sent to ${target}`, () => assert.equal(parseTarget(target).origin, target));

for (const target of [
  'http://example.com',
  'http://127.0.0.1.example.com',
  'https://127.0.0.1',
  'http://10.0.0.1',
  '',
])
  test(`load is never sent to "${target}"`, () => {
    assert.throws(() => parseTarget(target), isUsage(/--target must be/));
  });
