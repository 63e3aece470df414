import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readConfig, required, settings } from '../src/config.js';
import { Failure } from '../src/failure.js';

test('every setting has a default that it accepts itself', () => {
  const config = readConfig({});
  assert.equal(config.port, 3000);
  assert.equal(config.host, '127.0.0.1');
  assert.equal(config.databaseUrl, null);
  assert.equal(config.adminToken, null);
  assert.equal(config.logLevel, 'info');
});

test('an empty variable counts as unset', () => {
  assert.equal(readConfig({ PORT: '' }).port, 3000);
});

test('values are read from the environment', () => {
  const config = readConfig({ PORT: '0', CACHE_MAX_ENTRIES: '7', LOG_LEVEL: 'silent' });
  assert.deepEqual([config.port, config.cacheMaxEntries, config.logLevel], [0, 7, 'silent']);
});

const refused: readonly [variable: string, text: string, says: RegExp][] = [
  ['PORT', 'abc', /PORT must be an integer from 0 to 65535; got "abc"\./],
  ['PORT', '65536', /from 0 to 65535; got "65536"/],
  ['PORT', '-1', /got "-1"/],
  ['PORT', '3000.5', /got "3000.5"/],
  ['HOST', 'a b', /HOST must be an IP address or a host name; got "a b"/],
  ['DATABASE_POOL_MAX', '0', /DATABASE_POOL_MAX must be an integer from 1 to 100; got "0"/],
  ['PRICING_URL', 'ftp://x', /PRICING_URL must be an http:\/\/ URL; got "ftp:\/\/x"/],
  ['CACHE_TTL_MS', '1e3', /CACHE_TTL_MS/],
  ['LOG_LEVEL', 'loud', /LOG_LEVEL must be one of trace, .*; got "loud"/],
];
for (const [variable, text, says] of refused)
  test(`${variable}=${text} is refused with variable, range and value`, () => {
    assert.throws(
      () => readConfig({ [variable]: text }),
      (error) => error instanceof Failure && error.exitCode === 2 && says.test(error.message),
    );
  });

for (const [variable, secret] of [
  ['ADMIN_TOKEN', 'too-short-secret'.slice(0, 12)],
  ['DATABASE_URL', 'mysql://root:hunter2@db/shop'],
] as const)
  test(`a bad ${variable} is refused without being shown`, () => {
    assert.throws(
      () => readConfig({ [variable]: secret }),
      (error) =>
        error instanceof Failure &&
        error.message.includes(variable) &&
        !error.message.includes(secret.slice(0, 9)),
    );
  });

test('what a process cannot do without is asked for by name', () => {
  assert.throws(() => required(settings.databaseUrl, null), /DATABASE_URL must be a postgres.*it is not set/);
  assert.equal(required(settings.databaseUrl, 'postgres://db'), 'postgres://db');
});
