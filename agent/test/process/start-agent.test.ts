import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { agentLines, indexUrl, runChild, startChild } from '../harness/child.js';
import { call } from '../harness/http.js';
import { until } from '../harness/wait.js';

const flags: readonly string[] = [];
const importAgent = `import { startAgent } from ${JSON.stringify(indexUrl)};\n`;
/** An agent that is not closed keeps nothing alive, and neither does the wait for it. */
const ready = `
const hold = setInterval(() => {}, 1_000);
await agent.ready;
clearInterval(hold);
`;
const token = '0123456789abcdef';

describe('startAgent()', () => {
  test('called twice gives the same agent, and a new one after close()', async (t) => {
    const program = `${importAgent}
      const agent = startAgent();
      const same = startAgent({ stallMs: 500 }) === agent && agent.config.stallMs === 100;
      ${ready}
      await agent.close();
      await agent.close();
      const next = startAgent({ stallMs: 500 });
      console.log(same, next !== agent, next.config.stallMs);
      await next.close();`;
    const { stdout, stderr } = await runChild(t, { program, flags });
    assert.equal(stdout, 'true true 500\n', stderr);
  });

  test('can be required', async (t) => {
    const path = new URL(indexUrl).pathname;
    const program = `
      const { startAgent } = require(${JSON.stringify(path)});
      const agent = startAgent();
      agent.ready.then(() => agent.close()).then(() => console.log('closed'));
      setTimeout(() => {}, 300);`;
    const { stdout, stderr, code } = await runChild(t, { program, name: 'program.cjs', flags });
    assert.deepEqual([stdout, code], ['closed\n', 0], stderr);
    assert.equal(stderr.trim().split('\n').length, 1, stderr);
  });

  test('throws for a bad option, and has started nothing', async (t) => {
    const program = `${importAgent}
      try {
        startAgent({ port: 70_000 });
      } catch (error) {
        console.log(error.code, error.message);
      }`;
    const { stdout, stderr, code } = await runChild(t, { program, flags });
    const message = 'The option port must be an integer from 0 to 65535, or "off"; got "70000".';
    assert.deepEqual([stdout, stderr, code], [`ERR_FAULTLINE_CONFIG ${message}\n`, '', 0]);
  });
});

describe('close()', () => {
  test('leaves nothing behind: no global, no listener, no handle, no file', async (t) => {
    const program = `${importAgent}
      import { existsSync } from 'node:fs';
      import { hasSubscribers } from 'node:diagnostics_channel';
      const look = () => JSON.stringify({
        globals: Object.getOwnPropertyNames(globalThis).sort(),
        symbols: Object.getOwnPropertySymbols(globalThis).map(String),
        listeners: process.eventNames().map((name) => [String(name), process.listenerCount(name)]),
        resources: process.getActiveResourcesInfo().filter((type) => type !== 'Immediate').sort(),
        channels: ['http.server.request.start', 'http.server.response.finish'].map(hasSubscribers),
        hook: Object.getOwnPropertyNames(Error).sort(),
      });
      process.stdout.write('');
      process.stderr.write('');
      // What the start of Node itself has opened is closed by then.
      await new Promise((resolve) => setTimeout(resolve, 100));
      const before = look();
      const agent = startAgent();
      ${ready}
      const during = look();
      const there = existsSync(process.env.FAULTLINE_DIR);
      await agent.close();
      await new Promise((resolve) => setTimeout(resolve, 100));
      const after = look();
      console.log(JSON.stringify({ there, changed: during !== before, before, after }));`;
    const child = startChild(t, { program, flags });
    const { stdout, stderr, code } = await child.exit;
    assert.equal(code, 0, stderr);
    const { there, changed, before, after } = JSON.parse(stdout) as Record<string, unknown>;
    assert.deepEqual([there, changed], [true, true]);
    assert.deepEqual(JSON.parse(String(after)), JSON.parse(String(before)));
    assert.equal(existsSync(child.faultlineDirectory), false);
  });

  test('gives back the methods of drivers, those that two sensors have wrapped, too', async (t) => {
    const program = `${importAgent}
      import { createRequire } from 'node:module';
      const require = createRequire(import.meta.url);
      const { Redis } = require('ioredis');
      const { RedisClient, RedisClientPool } = require('redis');
      const { Client, Pool } = require('pg');
      const look = () => [
        Redis.prototype.connect, Redis.prototype.sendCommand, RedisClient.prototype.sendCommand,
        RedisClientPool.prototype.execute, Client.prototype.query, Pool.super_?.prototype.connect ?? Pool.prototype.connect,
      ];
      const before = look();
      const agent = startAgent({ discoverPools: true });
      ${ready}
      const during = look();
      await agent.close();
      const after = look();
      console.log(before.map((method, index) => [method !== during[index], method === after[index]]).join(' '));`;
    const { stdout, stderr } = await runChild(t, { program, flags });
    assert.equal(stdout, `${Array(6).fill('true,true').join(' ')}\n`, stderr);
  });

  test('right after the start is safe, and ready resolves all the same', async (t) => {
    for (const host of ['127.0.0.1', 'localhost']) {
      const program = `${importAgent}
        const agent = startAgent();
        const closed = agent.close();
        await agent.ready;
        await closed;
        console.log('closed', agent.url);`;
      const child = startChild(t, { program, flags, env: { FAULTLINE_HOST: host } });
      const { stdout, stderr, code } = await child.exit;
      assert.deepEqual([stdout, code], ['closed null\n', 0], stderr);
      assert.deepEqual(
        agentLines(stderr).filter(({ level }) => Number(level) > 30),
        [],
      );
      assert.equal(existsSync(child.faultlineDirectory), false);
    }
  });

  test('keeps evidence', async (t) => {
    const program = `${importAgent}
      const agent = startAgent();
      ${ready}
      await new Promise((resolve) => setTimeout(resolve, 200));
      for (const end = Date.now() + 700; Date.now() < end;);
      await new Promise((resolve) => setTimeout(resolve, 500));
      await agent.close();`;
    const child = startChild(t, { program, flags });
    await child.exit;
    assert.equal(existsSync(join(child.faultlineDirectory, 'evidence')), true);
    assert.equal(existsSync(join(child.faultlineDirectory, 'discovery')), false);
  });
});

describe('the server', () => {
  const serve = (options: string) => `${importAgent}
    const agent = startAgent(${options});
    ${ready}
    console.log('url ' + agent.url);
    setInterval(() => {}, 1_000);`;

  test('does not exist when the port is off; the watch does', async (t) => {
    const child = startChild(t, { program: serve('{ port: null }'), flags });
    assert.equal(await child.printed(/url (\S+)/), 'null');
    const file = join(child.faultlineDirectory, 'discovery', `${child.pid}.json`);
    const discovery = JSON.parse(readFileSync(file, 'utf8')) as { url: string | null };
    assert.equal(discovery.url, null);
    await until('it has said so', () =>
      agentLines(child.stderr()).some(({ msg }) => msg === 'Faultline watches'),
    );
  });

  test('wants the token when there is one, but not for metrics and health', async (t) => {
    const child = startChild(t, { program: serve(`{ token: '${token}' }`), flags });
    const url = await child.url();
    const headers = { authorization: `Bearer ${token}` };
    for (const path of ['/incidents', '/report', '/incidents/x']) {
      const { status, headers: answered } = await call(url + path);
      assert.deepEqual([status, answered['content-type']], [401, 'application/problem+json']);
    }
    assert.equal((await call(`${url}/incidents`, { headers })).status, 200);
    assert.equal((await call(`${url}/metrics`)).status, 200);
    assert.equal((await call(`${url}/healthz`)).status, 200);
    assert.ok(!child.stderr().includes(token));
  });

  test('takes a free port when its own is taken, and says so', async (t) => {
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
    t.after(() => taken.close());
    const { port } = taken.address() as AddressInfo;
    const child = startChild(t, { program: serve('{}'), flags, env: { FAULTLINE_PORT: String(port) } });
    const url = await child.url();
    assert.notEqual(new URL(url).port, String(port));
    assert.equal((await call(`${url}/healthz`)).status, 200);
    const line = await until('it has said so', () =>
      agentLines(child.stderr()).find(({ msg }) => String(msg).includes('FAULTLINE_PORT is taken')),
    );
    assert.deepEqual([line.wanted, line.url, line.level], [port, url, 40]);
  });
});

test('a directory that cannot be written to is one warning, and everything else works', async (t) => {
  const program = `${importAgent}
    const agent = startAgent();
    ${ready}
    setInterval(() => {}, 1_000);
    process.on('SIGUSR2', function busy() { for (const end = Date.now() + 700; Date.now() < end;); });
    console.log('url ' + agent.url);`;
  const child = startChild(t, {
    program,
    flags,
    files: { 'in-the-way': '' },
    env: { FAULTLINE_DIR: 'in-the-way/faultline' },
  });
  const url = await child.printed(/url (\S+)/);
  child.kill('SIGUSR2');
  await until('the incident is open', async () => (await call(`${url}/incidents`)).body.includes('"kind"'));
  const warnings = () =>
    agentLines(child.stderr()).filter(({ msg }) => String(msg).includes('FAULTLINE_DIR'));
  await until('it has said so', () => warnings().length > 0);
  assert.equal(warnings().length, 1);
  assert.equal(readFileSync(join(child.directory, 'in-the-way'), 'utf8'), '');
});

test('a file of evidence that cannot be written is counted and told once', async (t) => {
  const program = `${importAgent}
    const agent = startAgent();
    ${ready}
    setInterval(() => {}, 1_000);
    process.on('SIGUSR2', function busy() {
      for (const end = Date.now() + 600; Date.now() < end;);
      setTimeout(() => console.log('over'), 500);
    });
    console.log('ready');`;
  const child = startChild(t, { program, flags });
  const url = await child.url();
  await child.printed(/(ready)/);
  writeFileSync(join(child.faultlineDirectory, 'evidence'), 'in the way');
  for (let count = 1; count <= 2; count += 1) {
    child.kill('SIGUSR2');
    await until('the stall is over', () => child.stdout().split('over').length > count);
  }
  const { body } = await until('it is counted', async () => {
    const answer = await call(`${url}/metrics`);
    return /faultline_agent_errors_total\{sensor="evidence"\} [2-9]/.test(answer.body) && answer;
  });
  assert.match(body, /faultline_incident_active\{kind="event-loop-stall"\} 1/);
  const told = agentLines(child.stderr()).filter(({ part }) => part === 'evidence');
  assert.equal(told.length, 1);
});
