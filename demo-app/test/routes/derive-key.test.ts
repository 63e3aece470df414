import assert from 'node:assert/strict';
import { pbkdf2Sync, randomBytes } from 'node:crypto';
import { describe, test } from 'node:test';
import { createBoundedDeriveKey } from '../../src/routes/admin/preview/derive-key.js';
import { createFloodingDeriveKey } from '../../src/routes/admin/preview/derive-key-flooding.js';

const iterations = 1_000;
const salt = randomBytes(16);
const password = 'correct horse battery';
const expected = pbkdf2Sync(password, salt, iterations, 32, 'sha256');

describe('the bounded derivation', () => {
  test('makes the key of the password, one after the other when many ask', async () => {
    const derive = createBoundedDeriveKey(iterations);
    const keys = await Promise.all(Array.from({ length: 20 }, () => derive(password, salt)));
    for (const key of keys) assert.deepEqual(key, { iterations, key: expected });
  });

  test('refuses whoever comes when 50 wait, and goes on for those that do', async () => {
    const derive = createBoundedDeriveKey(iterations);
    const accepted = Array.from({ length: 51 }, () => derive(password, salt));
    await assert.rejects(derive(password, salt), { status: 503, code: 'too-many-preview-links' });
    assert.equal((await Promise.all(accepted)).length, 51);
    assert.deepEqual((await derive(password, salt)).key, expected);
  });

  test('gives its place back when a derivation fails', async () => {
    const derive = createBoundedDeriveKey(-1);
    await assert.rejects(derive(password, salt), { code: 'ERR_OUT_OF_RANGE' });
    await assert.rejects(derive(password, salt), { code: 'ERR_OUT_OF_RANGE' });
  });
});

describe('the flooding derivation', () => {
  test('makes the same key, and counts one harm for each link', async () => {
    let harms = 0;
    const onFlood = () => {
      harms += 1;
    };
    const derive = createFloodingDeriveKey({ keys: 8, iterations, expired: () => false, onFlood });
    const links = await Promise.all([derive(password, salt), derive(password, salt)]);
    for (const link of links) assert.deepEqual(link, { iterations, key: expected });
    assert.equal(harms, 2);
  });

  test('does no harm once its lease has ended', async () => {
    let harms = 0;
    const onFlood = () => {
      harms += 1;
    };
    const derive = createFloodingDeriveKey({ keys: 8, iterations, expired: () => true, onFlood });
    assert.equal((await derive(password, salt)).iterations, 1);
    assert.equal(harms, 0);
  });
});
