import assert from 'node:assert/strict';
import type { IncomingMessage } from 'node:http';
import { describe, test } from 'node:test';
import { refuse } from '../../../src/sidecar/http/access.js';

const token = '0123456789abcdef';

function statusOf(address: string | undefined, headers: IncomingMessage['headers'], secret: string | null) {
  const request = { socket: { remoteAddress: address }, headers } as IncomingMessage;
  return refuse(request, secret)?.status ?? 'let in';
}

describe('without a token', () => {
  const rows: readonly ['let in' | 403, string | undefined, string | undefined][] = [
    ['let in', '127.0.0.1', '127.0.0.1:9464'],
    ['let in', '127.0.0.1', '127.0.0.1'],
    ['let in', '127.8.9.10', 'localhost:9464'],
    ['let in', '127.0.0.1', 'localhost'],
    ['let in', '127.0.0.1', 'LocalHost:9464'],
    ['let in', '::1', '[::1]:9464'],
    ['let in', '::1', '[::1]'],
    ['let in', '::ffff:127.0.0.1', '127.0.0.1:9464'],
    ['let in', '127.0.0.1', '10.0.0.5:9464'],
    [403, '127.0.0.1', 'attacker.example:9464'],
    [403, '127.0.0.1', 'localhost.attacker.example'],
    [403, '127.0.0.1', 'attacker-localhost'],
    [403, '127.0.0.1', '127.0.0.1.attacker.example'],
    [403, '127.0.0.1', ''],
    [403, '127.0.0.1', undefined],
    [403, '10.0.0.5', '127.0.0.1:9464'],
    [403, '10.0.0.5', 'localhost'],
    [403, '::ffff:10.0.0.5', 'localhost'],
    [403, '2001:db8::1', 'localhost'],
    [403, '12.7.0.0', 'localhost'],
    [403, undefined, 'localhost'],
  ];
  for (const [outcome, address, host] of rows) {
    test(`${outcome}: from ${address} to Host ${host}`, () => {
      assert.equal(statusOf(address, host === undefined ? {} : { host }, null), outcome);
    });
  }

  const posts: readonly ['let in' | 403, string, string | undefined][] = [
    ['let in', 'POST', undefined],
    ['let in', 'POST', 'http://localhost:9464'],
    ['let in', 'GET', 'https://attacker.example'],
    [403, 'POST', 'https://attacker.example'],
    [403, 'POST', 'http://localhost:9465'],
    [403, 'POST', 'null'],
  ];
  for (const [outcome, method, origin] of posts) {
    test(`${outcome}: ${method} from a page of ${origin}`, () => {
      const headers = { host: 'localhost:9464', ...(origin === undefined ? {} : { origin }) };
      const request = { method, socket: { remoteAddress: '127.0.0.1' }, headers } as IncomingMessage;
      assert.equal(refuse(request, null)?.status ?? 'let in', outcome);
    });
  }

  test('a token that is sent all the same opens nothing', () => {
    const headers = { host: 'localhost', authorization: `Bearer ${token}` };
    assert.equal(statusOf('10.0.0.5', headers, null), 403);
  });
});

describe('with a token', () => {
  const rows: readonly ['let in' | 401, string | undefined][] = [
    ['let in', `Bearer ${token}`],
    ['let in', `bearer ${token}`],
    [401, undefined],
    [401, ''],
    [401, token],
    [401, 'Bearer '],
    [401, `Bearer ${token}x`],
    [401, `Bearer ${token.slice(1)}`],
    [401, `Bearer ${token.toUpperCase()}`],
    [401, `Bearer ${token} ${token}`],
    [401, `Basic ${token}`],
    [401, `Bearer ${'x'.repeat(2_000)}`],
  ];
  for (const [outcome, authorization] of rows) {
    test(`${outcome}: Authorization ${authorization?.slice(0, 30)}, from anywhere`, () => {
      for (const [address, host] of [
        ['127.0.0.1', 'localhost'],
        ['10.0.0.5', 'shop.example:9464'],
      ] as const) {
        assert.equal(statusOf(address, { host, ...(authorization && { authorization }) }, token), outcome);
      }
    });
  }
});

test('says what to do, and never the token', () => {
  for (const [secret, address] of [
    [token, '127.0.0.1'],
    [null, '10.0.0.5'],
    [null, '127.0.0.1'],
  ] as const) {
    const request = { socket: { remoteAddress: address }, headers: {} } as IncomingMessage;
    const refusal = refuse(request, secret);
    assert.match(refusal?.detail ?? '', /FAULTLINE_TOKEN/);
    assert.ok(!JSON.stringify(refusal).includes(token));
  }
});
