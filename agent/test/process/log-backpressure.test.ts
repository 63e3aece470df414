import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Incident, IncidentList } from '../../src/protocol/incident.js';
import { startChild } from '../harness/child.js';
import { crowded } from '../harness/crowded.js';
import { getJson } from '../harness/http.js';
import { until } from '../harness/wait.js';

/** Ways of writing that wait for the reader. The call of each stands on line 5 of the program. */
const writers: Readonly<Record<string, { readonly setup: string; readonly call: string }>> = {
  'a write to the file descriptor': {
    setup: "import { writeSync } from 'node:fs';",
    call: 'writeSync(1, text)',
  },
  'pino, told to be synchronous': {
    setup: "import { pino } from 'pino'; const log = pino(pino.destination({ dest: 1, sync: true }));",
    call: 'log.info(text)',
  },
  'console.log, where the stream is set to block': {
    setup: 'process.stdout._handle.setBlocking(true);',
    call: 'console.log(text)',
  },
};
/** Writes half a megabyte a second. */
const program = ({ setup, call }: { readonly setup: string; readonly call: string }): string =>
  `${setup}
const text = 'x'.repeat(10_000);
let count = 0;
function serve() {
  ${call};
  count += 1;
}
setInterval(() => serve(), 20);
`;

const incidentsOf = async (url: string): Promise<readonly Incident[]> =>
  (await getJson<IncidentList>(`${url}/incidents`)).incidents;

for (const [title, writer] of Object.entries(writers)) {
  test(`${title}: a reader that hangs is told while it hangs, and the line of the log call`, async (t) => {
    const reason = crowded();
    if (reason !== null) return t.skip(reason);
    const child = startChild(t, { program: program(writer) });
    const url = await child.url();
    child.hold('stdout');
    const during = await until('the incident is there', async () => {
      const incidents = await incidentsOf(url);
      return incidents.find(({ kind }) => kind === 'log-backpressure') ?? null;
    });
    assert.deepEqual([during.cause, during.operation], ['stdout', 'process.stdout.write']);
    await sleep(1_000);
    assert.equal((await fetch(`${url}/healthz`)).status, 503);
    child.release('stdout');
    const after = await until('the line is known', async () =>
      (await incidentsOf(url)).find(({ id, culprit }) => id === during.id && culprit !== null),
    );
    assert.deepEqual(
      [after.culprit?.function, after.culprit?.file, after.culprit?.line],
      ['serve', 'program.mjs', 5],
    );
    const kinds = (await incidentsOf(url)).map(({ kind }) => kind);
    assert.deepEqual(kinds, ['log-backpressure'], 'one blocked write has opened more than its own incident');
  });
}

test('many waits below the threshold of a stall are told when they take most of the time', async (t) => {
  const reason = crowded();
  if (reason !== null) return t.skip(reason);
  const child = startChild(t, {
    program: program(writers['a write to the file descriptor']!).replace('10_000', '100_000'),
    env: { FAULTLINE_STALL_MS: '2000' },
  });
  const url = await child.url();
  // Reads a piece, and nothing for a while: the writes between wait for some hundred milliseconds each.
  child.hold('stdout');
  const reader = setInterval(() => {
    child.release('stdout');
    setImmediate(() => child.hold('stdout'));
  }, 400);
  t.after(() => clearInterval(reader));
  const incident = await until('the incident is there, and its line', async () => {
    const incidents = await incidentsOf(url);
    return incidents.find(({ kind, culprit }) => kind === 'log-backpressure' && culprit !== null) ?? null;
  });
  assert.match(incident.title, /^Log writes to a slow stdout took \d+ % of the last 3 s in serve/);
  assert.equal(incident.culprit?.line, 5);
  assert.deepEqual(
    (await incidentsOf(url)).map(({ kind }) => kind),
    ['log-backpressure'],
  );
});

const quiet: readonly [string, string, boolean][] = [
  ['much is written and read', program(writers['a write to the file descriptor']!), false],
  ['nobody reads what is written without waiting', program({ setup: '', call: 'console.log(text)' }), true],
  [
    'another file is slow',
    `import { openSync, writeSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
execFileSync('mkfifo', ['pipe']);
const fd = openSync('pipe', 'r+');
const text = 'x'.repeat(10_000);
setTimeout(() => { for (let count = 0; count < 6; count += 1) writeSync(fd, text); }, 500);
setInterval(() => {}, 1_000);`,
    false,
  ],
];
for (const [title, text, isHeld] of quiet) {
  test(`nothing is told of the log when ${title}`, async (t) => {
    const child = startChild(t, { program: text });
    const url = await child.url();
    if (isHeld) child.hold('stdout');
    await sleep(4_500);
    const kinds = (await incidentsOf(url)).map(({ kind }) => kind);
    assert.ok(!kinds.includes('log-backpressure'), kinds.join(', '));
  });
}
