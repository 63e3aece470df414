import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Incident, IncidentList } from '../../src/protocol/incident.js';
import { runChild, startChild } from '../harness/child.js';
import { crowded } from '../harness/crowded.js';
import { getJson } from '../harness/http.js';
import { until } from '../harness/wait.js';

const ready = `
import { execFileSync } from 'node:child_process';
import { pbkdf2 } from 'node:crypto';
import { open, stat } from 'node:fs';
setInterval(() => {}, 1_000);
`;
/** Keys without an end, and files that wait behind them. */
const keys = `
const derive = () => pbkdf2('password', 'salt', 500_000, 32, 'sha256', derive);
process.on('SIGUSR2', () => {
  for (let index = 0; index < 4; index += 1) derive();
  setInterval(() => stat('.', () => {}), 20);
});
`;
/** A named pipe that nobody writes to is a disk that never answers. */
const files = `
const pipes = [0, 1].map((index) => 'pipe-' + index);
execFileSync('mkfifo', pipes);
process.on('SIGUSR2', () => pipes.forEach((pipe) => open(pipe, () => {})));
`;
const blocking = `
const block = (ms) => { const end = performance.now() + ms; while (performance.now() < end) Math.sqrt(end); };
process.on('SIGUSR2', () => setInterval(() => block(400), 900));
`;

const incidentsOf = async (url: string): Promise<readonly Incident[]> =>
  (await getJson<IncidentList>(`${url}/incidents`)).incidents;

// They wait for most of the time: side by side.
describe('the thread pool', { concurrency: true, skip: process.platform === 'win32' }, () => {
  const rows: readonly [string, string, string, string][] = [
    ['keys, with the call, although more files wait', keys, 'crypto', 'crypto.pbkdf2'],
    ['files that nobody delivers', files, 'fs', 'FSReqCallback'],
  ];
  for (const [title, program, cause, operation] of rows) {
    test(`is found full of ${title}`, async (t) => {
      const reason = crowded();
      if (reason !== null) return t.skip(reason);
      // One thread, so that the test leaves the other CPUs alone.
      const child = startChild(t, { program: ready + program, env: { UV_THREADPOOL_SIZE: '1' } });
      const url = await child.url();
      child.kill('SIGUSR2');
      const incident = await until(
        'the incident is open',
        async () => (await incidentsOf(url)).find(({ kind }) => kind === 'threadpool-saturated'),
        60_000,
      );
      assert.deepEqual([incident.cause, incident.operation], [cause, operation]);
      assert.ok(incident.measurements.waitMs! > 100, JSON.stringify(incident.measurements));
      assert.equal(incident.measurements.threads, 1);
    });
  }

  test('is not blamed for a loop that is blocked again and again, and the verdict says so', async (t) => {
    const reason = crowded();
    if (reason !== null) return t.skip(reason);
    const child = startChild(t, { program: ready + blocking });
    const url = await child.url();
    child.kill('SIGUSR2');
    const stall = await until(
      'the stall rules the pool out',
      async () => {
        const found = (await incidentsOf(url)).find(({ kind }) => kind === 'event-loop-stall');
        return found !== undefined && found.occurrences >= 4 ? found : null;
      },
      60_000,
    );
    const because = stall.ruledOut.find(({ kind }) => kind === 'threadpool-saturated')?.because ?? '';
    assert.match(because, /half of the last \d+ probes waited [\d.]+ ms or less for a thread of the pool/);
    const kinds = new Set((await incidentsOf(url)).map(({ kind }) => kind));
    assert.ok(!kinds.has('threadpool-saturated'), [...kinds].join());
  });

  test('does not keep a process alive that has nothing more to do', async (t) => {
    const { code, signal } = await runChild(t, { program: 'setTimeout(() => {}, 2_500);' });
    assert.deepEqual([code, signal], [0, null]);
  });
});
