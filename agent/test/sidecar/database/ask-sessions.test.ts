import assert from 'node:assert/strict';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { askSessions } from '../../../src/sidecar/database/ask-sessions.js';
import { loadPgClient } from '../../../src/sidecar/database/load-client.js';

const Client = loadPgClient(fileURLToPath(import.meta.url), '/');
const limits = { connectMs: 60_000, statementMs: 60_000, wholeMs: 300 };

test('a server that never answers is given up after the whole time, and its connection is closed', async (t) => {
  let onClosed: () => void = () => {};
  const closed = new Promise<void>((resolve) => (onClosed = resolve));
  const server = createServer((socket) =>
    socket
      .on('error', () => {})
      .on('close', () => onClosed())
      .resume(),
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => server.close());
  const url = `postgres://u:p@127.0.0.1:${(server.address() as AddressInfo).port}/d`;
  const asked = askSessions(Client, url, [1], new AbortController().signal, limits);
  await assert.rejects(asked, /no answer within 300 ms/);
  await closed;
});

test('a question that is aborted ends at once', async (t) => {
  const server = createServer((socket) => socket.on('error', () => {}).resume());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => server.close());
  const url = `postgres://u:p@127.0.0.1:${(server.address() as AddressInfo).port}/d`;
  const controller = new AbortController();
  const asked = askSessions(Client, url, [1], controller.signal, { ...limits, wholeMs: 60_000 });
  controller.abort();
  await assert.rejects(asked, /being closed/);
});

test('a service without pg is told so', () => {
  assert.throws(() => loadPgClient(null, '/'), /no package pg/);
});
