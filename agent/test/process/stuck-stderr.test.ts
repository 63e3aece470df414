import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { IncidentList } from '../../src/protocol/incident.js';
import { registerUrl } from '../harness/child.js';
import { getJson, sumOf } from '../harness/http.js';
import { temporaryDirectory } from '../harness/temporary-directory.js';
import { until } from '../harness/wait.js';

/** Fills its stderr, which nobody reads, without waiting for it; then blocks, until it is told to end, so often that the
 *  agent has more to say than it may keep. Every incident is a new one because it stands in another function. */
const program = `
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { constants, openSync, writeSync } from 'node:fs';
const full = openSync('/proc/self/fd/2', constants.O_WRONLY | constants.O_NONBLOCK);
for (const size of [4_096, 1]) {
  try { for (;;) writeSync(full, Buffer.alloc(size, 'x')); } catch {}
}
process.send('full');
let count = 0;
setInterval(() => {
  const block = new Function('ms', 'for (const end = Date.now() + ms; Date.now() < end;);');
  block(300);
  if (++count === 8) process.send('blocked');
}, 400);
process.once('message', () => process.exit(7));`;

test('a pipe on stderr that nobody reads holds neither the watch nor the end of the service', async (t) => {
  if (process.platform !== 'linux') return t.skip('pipes are opened once more on Linux only');
  const directory = temporaryDirectory(t);
  const fifo = join(directory, 'stderr');
  execFileSync('mkfifo', [fifo]);
  // Opened for both: neither end waits for the other, and nobody reads.
  const pipe = openSync(fifo, 'r+');
  t.after(() => closeSync(pipe));
  const env = {
    PATH: process.env.PATH,
    FAULTLINE_DIR: `${directory}/faultline`,
    FAULTLINE_PORT: '0',
    FAULTLINE_STARTUP_GRACE_MS: '0',
    FAULTLINE_LOG: 'trace',
    // As much work for the pool as there can be: a thread that waits for stderr would be missing here.
    UV_THREADPOOL_SIZE: '1',
  };
  const words = ['--import', registerUrl, '--input-type=module', '--eval', program];
  const child = spawn(process.execPath, words, { env, stdio: ['ignore', 'ignore', pipe, 'ipc'] });
  t.after(() => child.kill('SIGKILL'));
  const exited = once(child, 'exit');
  await once(child, 'message');
  const blocked = once(child, 'message');
  const url = await until('the agent listens', () => {
    try {
      const folder = `${directory}/faultline/discovery`;
      return (
        JSON.parse(execFileSync('sh', ['-c', `cat ${folder}/*`], { encoding: 'utf8', stdio: 'pipe' })) as {
          url: string;
        }
      ).url;
    } catch {
      return null;
    }
  });
  await until('the agent has an incident', async () => {
    const { incidents } = await getJson<IncidentList>(`${url}/incidents`);
    return incidents.length > 0 ? incidents : null;
  });
  const text = await (await fetch(`${url}/metrics`)).text();
  assert.equal(sumOf(text, 'faultline_agent_errors_total', 'sensor="log"'), 0);
  await blocked;
  child.send('end');
  const [code, signal] = await Promise.race([exited, sleep(15_000, ['still there', null], { ref: false })]);
  assert.deepEqual([code, signal], [7, null]);
});
