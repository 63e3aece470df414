import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import { describe, test } from 'node:test';
import { createDebuggerWatch, hasConnection } from '../../../src/sidecar/watchdog/debugger.js';
import { until } from '../../harness/wait.js';

const header =
  '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n';
const line = (local: string, remote: string, state: string): string =>
  `${header}   0: ${local} ${remote} ${state} 00000000:00000000 00:00000000 00000000     0        0 365646 1\n`;

describe('a connection to port 9229', () => {
  const rows: readonly [string, string, boolean][] = [
    ['is one', line('0100007F:240D', '0100007F:9A97', '01'), true],
    ['is one over IPv6', line(`${'0'.repeat(31)}1:240D`, `${'0'.repeat(31)}1:9A97`, '01'), true],
    ['is none while it is only listened on', line('0100007F:240D', '00000000:0000', '0A'), false],
    ['is none when it is over', line('0100007F:240D', '0100007F:9A97', '06'), false],
    ['is none to a port that ends like it', line('0100007F:1240D', '0100007F:9A97', '01'), false],
    ['is none to the same port of another machine', line('0100007F:9A97', '0100007F:240D', '01'), false],
    ['is none in an empty table', header, false],
  ];
  for (const [title, text, expected] of rows) {
    test(title, () => assert.equal(hasConnection(text, 9_229), expected));
  }
});

describe('a debugger', () => {
  const attached = line('0100007F:240D', '0100007F:9A97', '01');

  test('cannot be there without a port, and nobody is asked then', () => {
    assert.equal(
      createDebuggerWatch(
        () => 0,
        () => assert.fail('asked'),
      )(),
      false,
    );
  });

  test('may be there where the system does not tell', () => {
    assert.equal(
      createDebuggerWatch(
        () => 9_229,
        () => null,
      )(),
      true,
    );
  });

  test('is looked for at most every 100 ms, and at once on another port', () => {
    let [port, nowMs, text, asked] = [9_229, 1_000, header, 0];
    const read = (): string => {
      asked += 1;
      return text;
    };
    const isDebugged = createDebuggerWatch(
      () => port,
      read,
      () => nowMs,
    );
    assert.equal(isDebugged(), false);
    text = attached;
    nowMs += 99;
    assert.deepEqual([isDebugged(), asked], [false, 1]);
    nowMs += 1;
    assert.deepEqual([isDebugged(), asked], [true, 2]);
    port = 9_230;
    assert.deepEqual([isDebugged(), asked], [false, 3]);
  });
});

test('the tables of this system show a connection, and its end', async (t) => {
  if (process.platform !== 'linux') return t.skip('this system has no /proc/net/tcp');
  const server = createServer().listen(0, '127.0.0.1');
  t.after(() => server.close());
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const isDebugged = createDebuggerWatch(() => port);
  assert.equal(isDebugged(), false);
  const client = connect(port, '127.0.0.1');
  await until('the connection shows', isDebugged);
  client.destroy();
  await until('its end shows', () => !isDebugged());
});
