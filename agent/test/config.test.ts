import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, test } from 'node:test';
import { type AgentConfig, type AgentOptions, readConfig, settings } from '../src/config.js';
import { defaultDirectory } from '../src/default-directory.js';
import { FaultlineError } from '../src/errors.js';
import { temporaryDirectory } from './harness/temporary-directory.js';

const long = 'x'.repeat(600);
const configError = (message: string) => (error: unknown) => {
  assert.ok(error instanceof FaultlineError);
  assert.equal(error.code, 'ERR_FAULTLINE_CONFIG');
  assert.equal(error.message, message);
  return true;
};

test('has a default for every setting', () => {
  const { service, ...config } = readConfig({});
  assert.equal(typeof service, 'string');
  assert.deepEqual(config, {
    port: 9464,
    host: '127.0.0.1',
    token: null,
    poolAskUrl: null,
    directory: defaultDirectory(),
    stallMs: 100,
    startupGraceMs: 5_000,
    runbookUrl: 'https://github.com/faultline/faultline/blob/main/runbooks/',
    logLevel: 'info',
    breadcrumbs: 'on',
    heapSampling: 'off',
    snapshotSignal: 'off',
    httpLabels: ['method', 'route', 'status_code'],
    otel: 'auto',
  });
  assert.deepEqual(settings.map(({ key }) => key).sort(), Object.keys(config).sort());
});

test('takes an empty variable as one that is not set', () => {
  const empty = Object.fromEntries(settings.map(({ variable }) => [variable, '']));
  assert.deepEqual(readConfig(empty), readConfig({}));
});

describe('takes what lies within the limits', () => {
  const accepted: readonly [string, string, Partial<AgentConfig>][] = [
    ['FAULTLINE_PORT', '0', { port: 0 }],
    ['FAULTLINE_PORT', '65535', { port: 65_535 }],
    ['FAULTLINE_PORT', 'off', { port: null }],
    ['FAULTLINE_HTTP_LABELS', 'verb, path,code', { httpLabels: ['verb', 'path', 'code'] }],
    ['FAULTLINE_HTTP_LABELS', '_a,B2,c_', { httpLabels: ['_a', 'B2', 'c_'] }],
    ['FAULTLINE_SNAPSHOT_SIGNAL', 'SIGUSR2', { snapshotSignal: 'SIGUSR2' }],
    ['FAULTLINE_HOST', '::1', { host: '::1' }],
    ['FAULTLINE_HOST', 'my-host.internal', { host: 'my-host.internal' }],
    ['FAULTLINE_POOL_ASK_URL', 'postgres://u:p@db/shop', { poolAskUrl: 'postgres://u:p@db/shop' }],
    ['FAULTLINE_TOKEN', '0123456789abcdef', { token: '0123456789abcdef' }],
    ['FAULTLINE_TOKEN', 'x'.repeat(512), { token: 'x'.repeat(512) }],
    ['FAULTLINE_DIR', 'some/where', { directory: resolve('some/where') }],
    ['FAULTLINE_STALL_MS', '20', { stallMs: 20 }],
    ['FAULTLINE_STALL_MS', '60000', { stallMs: 60_000 }],
    ['FAULTLINE_STARTUP_GRACE_MS', '0', { startupGraceMs: 0 }],
    ['FAULTLINE_STARTUP_GRACE_MS', '600000', { startupGraceMs: 600_000 }],
    ['FAULTLINE_RUNBOOK_URL', 'https://wiki/books', { runbookUrl: 'https://wiki/books/' }],
    ['FAULTLINE_RUNBOOK_URL', 'file:///books/', { runbookUrl: 'file:///books/' }],
    ['FAULTLINE_LOG', 'silent', { logLevel: 'silent' }],
    ['FAULTLINE_BREADCRUMBS', 'off', { breadcrumbs: 'off' }],
    ['FAULTLINE_HEAP_SAMPLING', 'on', { heapSampling: 'on' }],
    ['FAULTLINE_OTEL', 'off', { otel: 'off' }],
  ];
  for (const [variable, text, expected] of accepted) {
    test(`${variable}=${text.slice(0, 40)}`, () => {
      const config = readConfig({ [variable]: text });
      assert.deepEqual({ ...config, ...expected }, config);
    });
  }
});

describe('refuses the rest with a message that says what is accepted and what came', () => {
  const port = 'must be an integer from 0 to 65535, or "off"; got';
  const stall = 'must be an integer from 20 to 60000; got';
  const url = 'must be an http, https or file URL; got';
  const token = 'must be 16 to 512 visible ASCII characters without spaces; got';
  const refused: readonly [string, string, string][] = [
    ['FAULTLINE_PORT', '65536', `${port} "65536".`],
    ['FAULTLINE_PORT', '-1', `${port} "-1".`],
    ['FAULTLINE_PORT', '80.5', `${port} "80.5".`],
    ['FAULTLINE_PORT', '0x50', `${port} "0x50".`],
    ['FAULTLINE_PORT', 'OFF', `${port} "OFF".`],
    ['FAULTLINE_HOST', 'a b', 'must be an IP address or a host name; got "a b".'],
    [
      'FAULTLINE_POOL_ASK_URL',
      'mysql://u:secret@db/shop',
      'must be a postgres:// or postgresql:// URL; got a text of 24 characters.',
    ],
    ['FAULTLINE_TOKEN', 'too-short-token', `${token} a text of 15 characters.`],
    ['FAULTLINE_TOKEN', 'with a space in it', `${token} a text of 18 characters.`],
    ['FAULTLINE_TOKEN', long, `${token} a text of 600 characters.`],
    ['FAULTLINE_DIR', 'a\0b', 'must be a path; got "a\\u0000b".'],
    ['FAULTLINE_STALL_MS', '19', `${stall} "19".`],
    ['FAULTLINE_STALL_MS', '60001', `${stall} "60001".`],
    ['FAULTLINE_STALL_MS', '1e3', `${stall} "1e3".`],
    ['FAULTLINE_STARTUP_GRACE_MS', '600001', 'must be an integer from 0 to 600000; got "600001".'],
    ['FAULTLINE_RUNBOOK_URL', 'wiki/books', `${url} "wiki/books".`],
    ['FAULTLINE_RUNBOOK_URL', 'javascript:alert(1)', `${url} "javascript:alert(1)".`],
    ['FAULTLINE_LOG', 'loud', 'must be trace, debug, info, warn, error, fatal, silent; got "loud".'],
    ['FAULTLINE_BREADCRUMBS', 'true', 'must be on, off; got "true".'],
    ['FAULTLINE_HEAP_SAMPLING', 'true', 'must be on, off; got "true".'],
    ['FAULTLINE_SNAPSHOT_SIGNAL', 'SIGTERM', 'must be SIGUSR2, off; got "SIGTERM".'],
    ...['method,route', 'a,b,c,d', 'a,b,b', 'a,,c', 'a,b,__c', 'le,b,c', '1a,b,c', 'a b,c,d'].map(
      (text): [string, string, string] => [
        'FAULTLINE_HTTP_LABELS',
        text,
        `must be three different names of Prometheus labels, separated by commas; got "${text}".`,
      ],
    ),
    ['FAULTLINE_OTEL', 'yes', 'must be auto, on, off; got "yes".'],
  ];
  for (const [variable, text, message] of refused) {
    test(`${variable}=${JSON.stringify(text.slice(0, 40))}`, () => {
      assert.throws(() => readConfig({ [variable]: text }), configError(`${variable} ${message}`));
    });
  }

  test('every setting refuses something', () => {
    const names = new Set(refused.map(([variable]) => variable));
    assert.deepEqual([...names].sort(), settings.map(({ variable }) => variable).sort());
  });
});

test('never shows a bad token', () => {
  const secret = 'a secret with spaces';
  for (const read of [
    () => readConfig({ FAULTLINE_TOKEN: secret }),
    () => readConfig({}, { token: secret }),
  ]) {
    assert.throws(read, (error: Error) => !`${error.message}${error.stack}`.includes(secret));
  }
});

test('shows at most 200 characters of a bad value', () => {
  const shown = `"${long.slice(0, 200)}"`;
  assert.throws(
    () => readConfig({ FAULTLINE_OTEL: long }),
    configError(`FAULTLINE_OTEL must be auto, on, off; got ${shown}.`),
  );
});

describe('options', () => {
  test('win over the environment', () => {
    const environment = { FAULTLINE_PORT: '1', FAULTLINE_STALL_MS: '50', FAULTLINE_SERVICE: 'shop' };
    const config = readConfig(environment, { port: 2, service: 'till' });
    assert.deepEqual([config.port, config.stallMs, config.service], [2, 50, 'till']);
  });

  test('win over a bad variable as well', () => {
    assert.equal(readConfig({ FAULTLINE_PORT: 'bad' }, { port: 3 }).port, 3);
  });

  test('that are undefined leave the variable in force', () => {
    assert.equal(readConfig({ FAULTLINE_PORT: '1' }, { port: undefined }).port, 1);
  });

  test('may say null: no server, and no token whatever the environment says', () => {
    const environment = { FAULTLINE_PORT: '1', FAULTLINE_TOKEN: '0123456789abcdef' };
    const config = readConfig(environment, { port: null, token: null });
    assert.deepEqual([config.port, config.token], [null, null]);
  });

  test('have the same limits, and are named as options in the message', () => {
    const options: AgentOptions = { stallMs: 19 };
    assert.throws(
      () => readConfig({}, options),
      configError('The option stallMs must be an integer from 20 to 60000; got "19".'),
    );
  });
});

describe('the service is named', () => {
  const both = { OTEL_SERVICE_NAME: 'from-otel', FAULTLINE_SERVICE: 'from-faultline' };
  test('by OTEL_SERVICE_NAME first', () => assert.equal(readConfig(both).service, 'from-otel'));
  test('then by FAULTLINE_SERVICE', () => {
    assert.equal(readConfig({ ...both, OTEL_SERVICE_NAME: '' }).service, 'from-faultline');
  });
  test('then by the package.json nearest to the main script', () => {
    assert.equal(readConfig({}).service, '@faultline/agent');
  });
  test('then by the one nearest to the working directory, which has the word when there is no script', (t) => {
    const [directory, elsewhere] = [temporaryDirectory(t), temporaryDirectory(t)];
    writeFileSync(join(directory, 'package.json'), '{"name":"from-here"}');
    const before = { script: process.argv[1]!, directory: process.cwd() };
    process.chdir(directory);
    try {
      process.argv[1] = join(elsewhere, 'script.js');
      assert.equal(readConfig({}).service, 'from-here');
      process.argv.length = 1;
      assert.equal(readConfig({}).service, 'from-here');
    } finally {
      process.chdir(before.directory);
      process.argv[1] = before.script;
    }
  });
});
