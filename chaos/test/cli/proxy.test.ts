import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { openClient } from '../harness/proxy/client.js';
import { echo, startUpstream } from '../harness/proxy/server.js';
import { eventually } from '../harness/wait.js';

type Test = Parameters<typeof startUpstream>[0];

const program = fileURLToPath(new URL('../../../bin/faultline-drill.js', import.meta.url));

function run(t: Test, args: readonly string[], environment: NodeJS.ProcessEnv = {}) {
  const { PATH } = process.env;
  const child = spawn(process.execPath, [program, 'proxy', ...args], { env: { PATH, ...environment } });
  t.after(() => child.kill('SIGKILL'));
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
  return { child, ended, stderr: () => stderr };
}

function configFile(t: Test, content: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'faultline-proxy-'));
  t.after(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, 'proxies.json'), content);
  return join(folder, 'proxies.json');
}

for (const [signal, code] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const) {
  test(`the proxy starts with the proxies of a file, and ${signal} closes everything`, async (t) => {
    const { address } = await startUpstream(t, echo);
    const file = configFile(t, JSON.stringify([{ name: 'p', upstream: address }]));
    const proxy = run(t, ['--listen', '127.0.0.1:0', '--config', file]);
    const url = await eventually(
      'it listens',
      () => /listens on (http:\S+)\. /.exec(proxy.stderr())?.[1] ?? null,
    );
    const { listen } = JSON.parse(await (await fetch(`${url}/proxies/p`)).text());
    const client = openClient(t, listen);
    client.socket.write('held');
    await client.received(4);
    await fetch(`${url}/proxies/p/toxics`, { method: 'POST', body: '{"type":"timeout"}' });
    proxy.child.kill(signal);
    assert.equal(await proxy.ended, code, proxy.stderr());
    assert.match(await client.ended, /^(end|ECONNRESET)$/);
    assert.match(
      proxy.stderr(),
      /p: timeout_downstream .* added\n.*: closing …\n.*p: down\nEvery proxy is closed\.\n$/,
    );
  });
}

test('wrong usage is told in one line, with exit code 2', async (t) => {
  const rows: readonly (readonly [readonly string[], NodeJS.ProcessEnv, RegExp])[] = [
    [['--listen', 'here'], {}, /^--listen must be host:port .*, got "here"\n$/],
    [
      ['--listen', '0.0.0.0:0'],
      {},
      /^the API of the proxy listens on this machine only, got "0\.0\.0\.0:0"\n$/,
    ],
    [['--config', '/does/not/exist'], {}, /^--config cannot be read: ENOENT.*\n$/],
    [['--config', configFile(t, '[')], {}, /^--config .* is not JSON: .*\n$/],
    [['--listen=127.0.0.1:0', '--config', configFile(t, '{}')], {}, /a list of proxies is expected\n$/],
    [['--allow', 'db.internal'], {}, /^--allow needs permission: FAULTLINE_CHAOS must be "on"/],
    [[], { NODE_ENV: 'production' }, /^In production the proxy needs permission: FAULTLINE_CHAOS must/],
    [['--target', 'http://x'], {}, /^proxy does not take --target/],
    [['--seed', 'x'], {}, /^--seed must be an integer/],
  ];
  const ends = await Promise.all(
    rows.map(async ([args, environment]) => {
      const proxy = run(t, args, environment);
      return { code: await proxy.ended, stderr: proxy.stderr() };
    }),
  );
  for (const [index, { code, stderr }] of ends.entries()) {
    assert.match(stderr, rows[index]?.[2] ?? /never/);
    assert.equal(code, 2, stderr);
  }
});

test('another host is allowed with every switch of chaos', async (t) => {
  const switches = {
    FAULTLINE_CHAOS: 'on',
    FAULTLINE_CHAOS_TOKEN: 'a-token-of-this-test',
    FAULTLINE_CHAOS_ENVIRONMENTS: 'test',
    NODE_ENV: 'test',
  };
  const file = configFile(t, '[{"name": "db", "upstream": "db.internal:5432"}]');
  const proxy = run(t, ['--listen', '127.0.0.1:0', '--allow', 'db.internal', '--config', file], switches);
  await eventually('it listens', () =>
    /db: 127\.0\.0\.1:\d+ leads to db\.internal:5432/.exec(proxy.stderr()),
  );
  proxy.child.kill('SIGINT');
  assert.equal(await proxy.ended, 130);
});
