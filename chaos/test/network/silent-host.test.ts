import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { type TestContext, test } from 'node:test';
import { openSilentHost } from '../../src/network/silent-host.js';
import { eventually } from '../harness/wait.js';

/** What becomes of a connection within so long: `accepted`, `silence`, or the code of its error. */
const tryToConnect = (port: number, limitMs: number) =>
  new Promise<string>((resolve) => {
    const socket = connect(port, '127.0.0.1');
    const end = (news: string): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve(news);
    };
    const timer = setTimeout(() => end('silence'), limitMs);
    socket.on('connect', () => end('accepted'));
    socket.on('error', ({ code }: NodeJS.ErrnoException) => end(String(code)));
  });

/** The thread of a silent host keeps nothing alive, so that the test has to. */
function stayAlive(t: TestContext): void {
  const alive = setInterval(() => {}, 1_000);
  t.after(() => clearInterval(alive));
}

test('a connection to a silent host is neither accepted nor refused, until the host is closed', async (t) => {
  stayAlive(t);
  const host = openSilentHost();
  t.after(() => host.close());
  const port = await host.port;
  const news = await Promise.all(Array.from({ length: 5 }, () => tryToConnect(port, 1_500)));
  assert.deepEqual(new Set(news), new Set(['silence']));
  host.close();
  await eventually('new connections are refused', async () =>
    (await tryToConnect(port, 300)) === 'ECONNREFUSED' ? true : null,
  );
});
