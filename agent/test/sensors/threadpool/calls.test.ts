import assert from 'node:assert/strict';
import crypto, { pbkdf2 } from 'node:crypto';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { promisify } from 'node:util';
import zlib from 'node:zlib';
import { countPoolCalls, type PoolCalls } from '../../../src/sensors/threadpool/calls.js';

const originals = { crypto: { ...crypto }, zlib: { ...zlib } };
let calls: PoolCalls;
beforeEach(() => {
  calls = countPoolCalls();
});
afterEach(() => calls.close());

describe('calls into the pool', () => {
  type Callback = (error: unknown, result?: unknown, more?: unknown) => void;
  const rows: readonly [string, (done: Callback) => unknown][] = [
    ['crypto.pbkdf2', (done) => crypto.pbkdf2('a', 'b', 10, 8, 'sha256', done)],
    ['crypto.scrypt', (done) => crypto.scrypt('a', 'b', 8, done)],
    ['crypto.scrypt', (done) => crypto.scrypt('a', 'b', 8, { N: 2 }, done)],
    ['crypto.hkdf', (done) => crypto.hkdf('sha256', 'a', 'b', 'c', 8, done)],
    ['crypto.randomFill', (done) => crypto.randomFill(Buffer.alloc(8), done)],
    ['crypto.generateKeyPair', (done) => crypto.generateKeyPair('ed25519', {}, done)],
    ['zlib.gzip', (done) => zlib.gzip('a', done)],
    ['zlib.brotliCompress', (done) => zlib.brotliCompress('a', done)],
  ];
  for (const [index, [name, call]] of rows.entries()) {
    test(`${index}: ${name} is pending until it calls back`, async () => {
      const done = new Promise<void>((resolve, reject) => {
        call((error) => {
          assert.deepEqual(calls.pending(), {});
          if (error) reject(error);
          else resolve();
        });
      });
      assert.deepEqual(calls.pending(), { [name]: 1 });
      await done;
    });
  }

  test('a call that a named import of an ES module leads to, and two at once', async () => {
    const one = promisify(pbkdf2)('a', 'b', 10, 8, 'sha256');
    const two = promisify(pbkdf2)('a', 'b', 10, 8, 'sha256');
    assert.deepEqual(calls.pending(), { 'crypto.pbkdf2': 2 });
    const expected = crypto.pbkdf2Sync('a', 'b', 10, 8, 'sha256');
    assert.deepEqual([await one, await two], [expected, expected]);
    assert.deepEqual(calls.pending(), {});
  });

  test('what promisify makes of a function with two results is an object of both', async () => {
    const pair = await promisify(crypto.generateKeyPair)('ed25519');
    assert.deepEqual(Object.keys(pair).sort(), ['privateKey', 'publicKey']);
  });

  test('one that throws at once, and one without a callback, are not pending', () => {
    assert.throws(() => crypto.pbkdf2('a', 'b', -1, 8, 'sha256', () => {}), { code: 'ERR_OUT_OF_RANGE' });
    assert.throws(() => (crypto.scrypt as (...input: unknown[]) => void)('a', 'b', 8), {
      code: 'ERR_INVALID_ARG_TYPE',
    });
    assert.ok(Buffer.isBuffer(crypto.generateKeySync('hmac', { length: 64 }).export()));
    assert.deepEqual(calls.pending(), {});
  });

  test('an error of the call itself reaches its callback', async () => {
    const error = await new Promise((resolve) => zlib.gunzip(Buffer.from('no gzip'), resolve));
    assert.equal((error as NodeJS.ErrnoException).code, 'Z_DATA_ERROR');
    assert.deepEqual(calls.pending(), {});
  });
});

test('names and lengths stay, and close() gives every function back', () => {
  assert.notEqual(crypto.pbkdf2, originals.crypto.pbkdf2);
  assert.equal(crypto.pbkdf2.name, 'pbkdf2');
  assert.equal(crypto.pbkdf2.length, originals.crypto.pbkdf2.length);
  calls.close();
  for (const [name, value] of Object.entries(originals.crypto)) {
    assert.equal(crypto[name as keyof typeof crypto], value, name);
  }
  for (const [name, value] of Object.entries(originals.zlib)) {
    assert.equal(zlib[name as keyof typeof zlib], value, name);
  }
  assert.equal(pbkdf2, originals.crypto.pbkdf2);
});

test('a wrapper that somebody has put on top stays', () => {
  const own = (): void => {};
  const counted = crypto.scrypt;
  crypto.scrypt = own as unknown as typeof crypto.scrypt;
  calls.close();
  assert.equal(crypto.scrypt, own);
  crypto.scrypt = originals.crypto.scrypt;
  assert.notEqual(counted, originals.crypto.scrypt);
});
