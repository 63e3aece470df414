import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import type { EndedProcess, IncidentList } from '../../src/protocol/incident.js';
import type { LastWords } from '../../src/protocol/last-words.js';
import { exitRule, judgeExit } from '../../src/sidecar/diagnosis/exit-cause.js';
import {
  agentLines,
  type Child,
  type ChildOptions,
  indexUrl,
  startChild,
  withAgent,
} from '../harness/child.js';
import { faultline } from '../harness/command-line.js';
import { call, getJson, sumOf } from '../harness/http.js';
import { makeDirectory, removeDirectory } from '../harness/temporary-directory.js';
import { until } from '../harness/wait.js';

const idle = 'setInterval(() => {}, 1_000);';
/** Blocked again and again, so that the incident stays open. */
const blocking = `
function blockLoop() {
  const end = Date.now() + 300;
  while (Date.now() < end);
}
setInterval(blockLoop, 700);`;
const heapMb = 128;
/** Fills its heap to 94 % and stays there; when it is told to, it goes on without a turn of the loop. */
const filling = `
import { getHeapSpaceStatistics } from 'node:v8';
const kept = [];
function remember() {
  kept.push(Array.from({ length: 1_000 }, (_, field) => ({ field, size: kept.length })));
}
function isFull() {
  const old = getHeapSpaceStatistics().filter(({ space_name: name }) => !name.startsWith('new'));
  return old.reduce((sum, { space_used_size: bytes }) => sum + bytes, 0) > ${0.94 * heapMb * 2 ** 20};
}
const timer = setInterval(() => {
  for (let count = 0; count < 30 && !isFull(); count += 1) remember();
  if (!isFull()) return;
  gc();
  if (isFull()) clearInterval(timer);
}, 20);
process.on('SIGUSR2', () => {
  for (;;) remember();
});
${idle}`;

/** Processes of one service that follow each other. */
function openService(t: TestContext, parent = makeDirectory()) {
  const directory = join(parent, 'faultline');
  const children: Child[] = [];
  t.after(async () => {
    // Whoever still writes there would hinder the removal.
    for (const child of children) child.kill('SIGKILL');
    await Promise.all(children.map(({ exit }) => exit));
    removeDirectory(parent);
  });
  const start = (program: string, rest: Partial<ChildOptions> = {}): Child => {
    const env = { FAULTLINE_SERVICE: 'shop', ...rest.env };
    const child = startChild(t, { program, faultlineDirectory: directory, ...rest, env });
    children.push(child);
    return child;
  };
  const records = (): string[] => list(join(directory, 'last-words'));
  const wordsOf = (pid: number): LastWords | null => {
    const name = records().find((each) => each.startsWith(`${pid}-`) && each.endsWith('.json'));
    return name === undefined ? null : readWords(join(directory, 'last-words', name));
  };
  const whenOpen = ({ pid }: { readonly pid: number }): Promise<LastWords> =>
    until('its record holds an open incident', () => {
      const words = wordsOf(pid);
      return words !== null && words.incidents.length > 0 && words;
    });
  return { start, records, wordsOf, whenOpen, directory };
}

const list = (folder: string): string[] => (existsSync(folder) ? readdirSync(folder) : []);

function readWords(path: string): LastWords | null {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as LastWords;
  } catch {
    // It was replaced or removed between the two looks.
    return null;
  }
}

/** What the agent's log tells of former processes. */
const toldBy = (child: Child): EndedProcess[] =>
  agentLines(child.stderr()).flatMap(({ endedProcess }) =>
    endedProcess === undefined ? [] : [endedProcess as EndedProcess],
  );
const incidentsOf = async (child: Child): Promise<IncidentList['incidents']> =>
  (await getJson<IncidentList>(`${await child.url()}/incidents`)).incidents;

describe('the next start of a service tells of', () => {
  test('a process that V8 has aborted: the full heap, its numbers and its evidence', async (t) => {
    const { start, records, wordsOf } = openService(t);
    const former = start(filling, { flags: [`--max-old-space-size=${heapMb}`, '--expose-gc', ...withAgent] });
    await until('its record shows the full heap', () => {
      const words = wordsOf(former.pid);
      return words !== null && judgeExit(words, null, exitRule).cause === 'heap-limit';
    });
    former.kill('SIGUSR2');
    assert.match((await former.exit).stderr, /heap out of memory/);
    const next = start(idle);
    const [incident] = await incidentsOf(next);
    assert.ok(incident !== undefined, 'no incident');
    assert.equal(incident.status, 'resolved');
    assert.ok(['heap-near-limit', 'heap-leak', 'gc-pressure'].includes(incident.kind), incident.kind);
    assert.equal(incident.endedProcess?.pid, former.pid);
    assert.equal(incident.endedProcess.exitCause, 'heap-limit', incident.endedProcess.because);
    assert.match(incident.endedProcess.because, /heap used \d+ % of V8's \d+ MB/);
    const url = await next.url();
    const words = await until('the record is evidence now', () =>
      getJson<LastWords>(`${url}/incidents/${incident.id}/evidence/last-words.json`).catch(() => null),
    );
    assert.equal(words.process.pid, former.pid);
    assert.equal(sumOf((await call(`${url}/metrics`)).body, 'faultline_former_processes', 'heap-limit'), 1);
    const report = await getJson<{ formerProcesses: object[] }>(`${url}/report`);
    assert.deepEqual(report.formerProcesses, [{ ...incident.endedProcess, incident: incident.id }]);
    assert.deepEqual(toldBy(next), [incident.endedProcess]);
    const { stdout } = await faultline(next, ['incidents', '--url', url]);
    assert.match(stdout, new RegExp(`of former process ${former.pid}, exit cause heap-limit`));
    assert.ok(!records().some((name) => name.startsWith(`${former.pid}-`)));
  });

  test('a process that was killed in the middle of an incident, without a guess at who did it, and once', async (t) => {
    const { start, whenOpen } = openService(t);
    const former = start(blocking);
    const { incidents } = await whenOpen(former);
    former.kill('SIGKILL');
    await former.exit;
    const next = [start(idle), start(idle)];
    const found = (await Promise.all(next.map(incidentsOf))).flat();
    assert.equal(found.length, 1, JSON.stringify(found));
    const [{ kind, status, endedProcess }] = found as [IncidentList['incidents'][0]];
    assert.deepEqual([status, endedProcess?.exitCause], ['resolved', 'unknown']);
    // On a machine that is busy, a second one may be open besides, and the worse of them is told.
    assert.ok([kind, ...endedProcess!.alsoOpen].includes(incidents[0]!.kind), JSON.stringify(found));
    assert.match(endedProcess!.because, /^no exit event/);
    assert.equal(next.flatMap(toldBy).length, 1);
    const third = start(idle);
    assert.deepEqual(await incidentsOf(third), []);
    assert.deepEqual(toldBy(third), []);
  });

  test('a worker of a cluster, whose successor tells, while the others live', async (t) => {
    const { start, whenOpen } = openService(t);
    const cluster = start(`import cluster from 'node:cluster';
      if (cluster.isPrimary) {
        cluster.fork({ BLOCK: 'yes' });
        cluster.fork();
        cluster.on('fork', (worker) => console.log('forked', worker.process.pid));
        cluster.on('exit', () => cluster.fork());
        process.on('SIGTERM', () => {
          for (const worker of Object.values(cluster.workers)) worker.process.kill('SIGKILL');
          process.exit();
        });
      } else if (process.env.BLOCK) {
        console.log('blocks', process.pid);
        ${blocking}
      }
      ${idle}`);
    const pid = Number(await cluster.printed(/blocks (\d+)/));
    await whenOpen({ pid });
    process.kill(pid, 'SIGKILL');
    const [told] = await until('somebody tells', () => toldBy(cluster).length > 0 && toldBy(cluster));
    assert.equal(told?.pid, pid);
    // Its workers, too: they share its output, so that all of them have ended then.
    cluster.kill('SIGTERM');
    await cluster.exit;
  });
});

describe('nothing is told of', () => {
  const ends: readonly [string, string, number][] = [
    ['exits', 'process.exit(3)', 3],
    ['ends by an exception', "setImmediate(() => { throw new Error('bug'); })", 1],
  ];
  for (const [title, statement, code] of ends) {
    test(`a process that ${title} during an incident: it leaves nothing`, async (t) => {
      const { start, whenOpen, directory } = openService(t);
      const former = start(`process.on('SIGTERM', () => ${statement});${blocking}`);
      await whenOpen(former);
      former.kill('SIGTERM');
      assert.equal((await former.exit).code, code);
      assert.equal(existsSync(join(directory, 'last-words')), false);
    });
  }

  test('an agent that was closed during an incident: it leaves nothing', async (t) => {
    const { start, whenOpen, records } = openService(t);
    const program = `import { startAgent } from ${JSON.stringify(indexUrl)};
      const agent = startAgent();
      process.on('SIGTERM', () => agent.close().then(() => console.log('agent closed')));${blocking}`;
    const former = start(program, { flags: [] });
    await whenOpen(former);
    former.kill('SIGTERM');
    await former.printed(/(agent closed)/);
    assert.deepEqual(records(), []);
    former.kill('SIGKILL');
    await former.exit;
    assert.deepEqual(records(), []);
  });

  test('a healthy process that a signal has ended: its record is removed', async (t) => {
    const { start, wordsOf, records } = openService(t);
    const former = start(idle);
    const words = await until('it has a record', () => wordsOf(former.pid));
    assert.deepEqual([words.service, words.incidents, words.numbers], ['shop', [], {}]);
    former.kill('SIGTERM');
    assert.equal((await former.exit).signal, 'SIGTERM');
    const next = start(idle);
    assert.deepEqual(await incidentsOf(next), []);
    await until('the next has a record', () => wordsOf(next.pid));
    assert.deepEqual([toldBy(next), records().length], [[], 1]);
  });

  test('a process of the service that lives, and one of another service', async (t) => {
    const { start, whenOpen, wordsOf } = openService(t);
    const living = start(blocking);
    const other = start(blocking, { env: { FAULTLINE_SERVICE: 'pricing' } });
    await Promise.all([whenOpen(living), whenOpen(other)]);
    other.kill('SIGKILL');
    await other.exit;
    const next = start(idle);
    assert.deepEqual(await incidentsOf(next), []);
    assert.deepEqual(toldBy(next), []);
    assert.ok(wordsOf(living.pid) !== null && wordsOf(other.pid) !== null);
  });

  test('a worker thread that was terminated during an incident', async (t) => {
    const { start, records, directory } = openService(t);
    // What a thread that is terminated leaves unfinished is no record, and the next start removes it.
    const recordsOfWorker = () => records().filter((name) => /^\d+-\d+-1\.json$/.test(name));
    const inWorker = `
      const { startAgent } = await import(${JSON.stringify(indexUrl)});
      startAgent();
      ${blocking}`;
    const child = start(
      `import { Worker } from 'node:worker_threads';
      const worker = new Worker(new URL('./worker.mjs', import.meta.url));
      process.on('SIGUSR2', () => worker.terminate().then(() => console.log('worker ended')));
      ${idle}`,
      { flags: [], files: { 'worker.mjs': inWorker } },
    );
    await until('the worker has a record with an incident', () => {
      const [name = ''] = recordsOfWorker();
      return (readWords(join(directory, 'last-words', name))?.incidents.length ?? 0) > 0;
    });
    child.kill('SIGUSR2');
    await child.printed(/(worker ended)/);
    await until('its record is gone', () => recordsOfWorker().length === 0);
  });
});

describe('the agent goes on', () => {
  test('with what is no record: one line, and it is removed', async (t) => {
    const { start, records, directory } = openService(t);
    const folder = join(directory, 'last-words');
    mkdirSync(folder, { recursive: true });
    for (const [index, text] of ['', '{"format":1}', '\0\0', '[]'].entries()) {
      writeFileSync(join(folder, `99999999-${index}.json`), text);
    }
    mkdirSync(join(folder, '99999999-9.json'));
    const next = start(idle);
    assert.deepEqual(await incidentsOf(next), []);
    const warnings = agentLines(next.stderr()).filter(({ level }) => level === 40);
    assert.deepEqual(
      warnings.map(({ files }) => files),
      [5],
    );
    await until('only its own record is left', () => records().length === 1);
    assert.equal(statSync(join(folder, records()[0]!)).mode & 0o777, 0o600);
  });

  test('without a directory that it could write to: one line, and no second one when an incident opens', async (t) => {
    const directory = makeDirectory();
    const { start } = openService(t, directory);
    writeFileSync(join(directory, 'faultline'), 'a file where the directory should be');
    const child = start(blocking);
    await until('the incident is told', () => agentLines(child.stderr()).some(({ incident }) => incident));
    const warnings = agentLines(child.stderr()).filter(({ level, incident }) => level === 40 && !incident);
    assert.equal(warnings.filter(({ msg }) => /cannot be written to/.test(String(msg))).length, 1);
    assert.ok(!warnings.some(({ part }) => part === 'last-words'), JSON.stringify(warnings));
  });
});
