import assert from 'node:assert/strict';
import { test } from 'node:test';
import { registerUrl, startChild } from '../harness/child.js';
import { call, sumOf } from '../harness/http.js';
import { telemetry } from '../harness/telemetry.js';
import { until } from '../harness/wait.js';

/** Asks a web server and a database, each on its own port, and lives on. The database understands simple queries. */
const program = `
const http = require('node:http');
const net = require('node:net');
const { Client } = require('pg');
const message = (type, body) => {
  const length = Buffer.alloc(4);
  length.writeInt32BE(body.length + 4);
  return Buffer.concat([Buffer.from(type), length, body]);
};
const ready = message('Z', Buffer.from('I'));
const database = net.createServer((socket) => {
  socket.on('error', () => {});
  socket.once('data', () => {
    socket.write(Buffer.concat([message('R', Buffer.alloc(4)), ready]));
    socket.on('data', (data) => {
      if (data[0] === 0x51) socket.write(Buffer.concat([message('C', Buffer.from('SELECT 0\\0')), ready]));
    });
  });
});
const listen = (server) => new Promise((done) => server.listen(0, '127.0.0.1', () => done(server.address().port)));
const get = (url) => new Promise((done) => http.get(url, (response) => response.resume().on('end', done)));
(async () => {
  const web = await listen(http.createServer((request, response) => response.end('x')));
  const db = await listen(database);
  // The agent looks for drivers once a second.
  await new Promise((done) => setTimeout(done, 1500));
  for (let turn = 0; turn < 5; turn += 1) await get('http://127.0.0.1:' + web + '/');
  for (let turn = 0; turn < 5; turn += 1) await (await fetch('http://127.0.0.1:' + web + '/')).text();
  const client = new Client({ host: '127.0.0.1', port: db, user: 'u', database: 'd' });
  await client.connect();
  for (let turn = 0; turn < 5; turn += 1) await client.query('select 1');
  await new Promise((done) => client.query('select 1', done));
  const clientKind = 2;
  const spans = globalThis.spans ? globalThis.spans() : [];
  const count = (test) => spans.filter((span) => span.kind === clientKind && test(span)).length;
  const scope = (span) => span.instrumentationScope.name;
  console.log('counts ' + [web, db, count((s) => scope(s).endsWith('-http')), count((s) => scope(s).endsWith('-undici')),
    count((s) => scope(s).endsWith('-pg') && /query/.test(s.name))].join());
  setInterval(() => {}, 1000);
})();
`;

const withAgent = ['--import', registerUrl];
const rows: readonly [string, readonly string[], string, string][] = [
  ['without OpenTelemetry', withAgent, program, '0,0,0'],
  ['with OpenTelemetry after the agent', withAgent, `require('./telemetry.cjs');${program}`, '5,5,6'],
  ['with OpenTelemetry before the agent', ['--require', './telemetry.cjs', ...withAgent], program, '5,5,6'],
];

for (const [name, flags, text, spans] of rows) {
  test(`${name} each call is counted once, and each has its span`, async (t) => {
    const files = { 'telemetry.cjs': telemetry() };
    const child = startChild(t, { program: text, name: 'program.cjs', files, flags });
    const [, web, db, seen] = /^(\d+),(\d+),(.*)$/.exec(await child.printed(/counts (\S+)/)) ?? [];
    assert.equal(seen, spans);
    const url = await child.url();
    const count = 'faultline_dependency_duration_seconds_count';
    const metrics = await until('the snapshot with the last query has come', async () => {
      const { body } = await call(`${url}/metrics`);
      return (sumOf(body, count, `target="127.0.0.1:${db}/d"`) ?? 0) >= 6 ? body : null;
    });
    assert.equal(sumOf(metrics, count, `target="127.0.0.1:${web}"`), 10);
    assert.equal(sumOf(metrics, count, `target="127.0.0.1:${db}/d"`), 6);
    assert.equal(sumOf(metrics, 'faultline_dependency_errors_total'), 0);
    assert.equal(sumOf(metrics, 'faultline_dependency_in_flight'), 0);
  });
}
