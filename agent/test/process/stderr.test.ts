import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { test } from 'node:test';
import { indexUrl, registerUrl } from '../harness/child.js';
import { temporaryDirectory } from '../harness/temporary-directory.js';

/** Blocks often enough for many log lines, and tells at the end that it is well. */
const blocking = `
let blocks = 0;
const timer = setInterval(() => {
  for (const end = Date.now() + 150; Date.now() < end;);
  if (++blocks === 5) { clearInterval(timer); console.log('fine'); }
}, 200);`;

/** Ends the agent's thread, which is told on stderr. */
const ending = `
import workers from 'node:worker_threads';
import { syncBuiltinESMExports } from 'node:module';
let sidecar;
workers.Worker = class extends workers.Worker {
  constructor(...given) {
    super(...given);
    sidecar = this;
  }
};
syncBuiltinESMExports();
const { startAgent } = await import(${JSON.stringify(indexUrl)});
startAgent();
setTimeout(() => sidecar.terminate(), 300);
setTimeout(() => console.log('fine'), 900);`;

const loaded = ['--import', registerUrl];
for (const [title, isClosed, program, flags] of [
  ['whose reader has gone', true, blocking, loaded],
  ['that nobody reads', false, blocking, loaded],
  ['whose reader has gone when the agent ends', true, ending, []],
] as const) {
  test(`a stderr ${title} is no trouble for the service`, async (t) => {
    const directory = temporaryDirectory(t);
    const words = [...flags, '--input-type=module', '--eval', program];
    const env = {
      PATH: process.env.PATH,
      FAULTLINE_DIR: `${directory}/faultline`,
      FAULTLINE_PORT: '0',
      FAULTLINE_STARTUP_GRACE_MS: '0',
      FAULTLINE_LOG: 'trace',
    };
    const child = spawn(process.execPath, words, { env, stdio: ['ignore', 'pipe', 'pipe'] });
    t.after(() => child.kill('SIGKILL'));
    if (isClosed) child.stderr.destroy();
    let stdout = '';
    child.stdout.on('data', (chunk) => (stdout += String(chunk)));
    const [code, signal] = await once(child, 'exit');
    assert.deepEqual([code, signal], [0, null]);
    assert.equal(stdout, 'fine\n');
  });
}
