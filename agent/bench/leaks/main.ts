/** npm run bench -- leaks: whether a leak is told, how soon, and from which line; and that healthy programs are left
 *  alone. */
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { atExit } from '../at-exit.js';
import { messageOf, readCommandLine, runBench, tell } from '../command-line.js';
import { align } from '../machine.js';
import { nodeBinary, repositoryRoot } from '../node-versions.js';
import { containerFor, containerMbFor } from './container.js';
import { judge, type Row } from './judge.js';
import { observe } from './observe.js';
import { cellOf, leaksPage, type RunConditions, totalsTable, wrongLines } from './page.js';
import { type Program, programsDirectory, readPrograms } from './program.js';

const request = readCommandLine({
  name: 'leaks',
  numbers: {
    rate: { what: 'how fast the programs leak in kB a second', fallback: 1_000, max: 20_000 },
    heap: { what: 'size of their heap in MB', fallback: 512, max: 8_192 },
    seconds: { what: 'how long each may run', fallback: 120, max: 3_600 },
    'at-once': { what: 'programs side by side', fallback: 4, max: 64 },
  },
  only: 'programs whose file name holds one of these words',
  page: 'docs/leaks.md',
});
const { rate, heap, seconds, 'at-once': atOnce } = request.numbers as Record<string, number>;
const conditions: RunConditions = {
  command: `npm run bench -- leaks --rate ${rate} --write`,
  rateMb: rate! / 1_000,
  heapMb: heap!,
  containerMb: containerMbFor(heap!),
  limitSeconds: seconds!,
  atOnce: atOnce!,
};

async function main(): Promise<void> {
  const programs = readPrograms().filter(
    ({ file }) => request.only.length === 0 || request.only.some((word) => file.includes(word)),
  );
  const waiting = request.versions.flatMap((version) => programs.map((program) => ({ program, version })));
  const rows: Row[] = [];
  const directory = copyPrograms();
  const work = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const row = await runOnce(next.program, next.version, directory.path);
      rows.push(row);
      tell(`Node ${row.version}  ${row.program.padEnd(16)} ${cellOf(row)}`);
    }
  };
  try {
    await Promise.all(Array.from({ length: conditions.atOnce }, work));
  } finally {
    directory.remove();
  }
  print(rows);
}

/** Nothing under the agent's own package is ever a culprit, so the programs run elsewhere. */
function copyPrograms(): { readonly path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), 'faultline-leaks-'));
  const discard = (): void => rmSync(path, { recursive: true, force: true });
  const forget = atExit(discard);
  cpSync(programsDirectory, path, { recursive: true });
  writeFileSync(join(path, 'package.json'), '{ "name": "leaking-programs", "type": "module" }\n');
  return {
    path,
    remove() {
      forget();
      discard();
    },
  };
}

/** A program that cannot be run is a row that failed; nothing is tried twice. */
async function runOnce(program: Program, version: string, directory: string): Promise<Row> {
  const row = { program: program.name, version, expects: program.expects };
  const group = containerFor(conditions.containerMb);
  try {
    const observed = await observe({
      node: nodeBinary(version),
      entry: join(directory, program.file),
      directory,
      rateMb: conditions.rateMb,
      heapMb: conditions.heapMb,
      before: group?.before ?? [],
      limitMs: conditions.limitSeconds * 1_000,
    });
    return { ...row, verdict: judge(program, observed), failure: null };
  } catch (error) {
    return { ...row, verdict: null, failure: messageOf(error) };
  } finally {
    group?.remove();
  }
}

function print(rows: readonly Row[]): void {
  const wrongs = wrongLines(rows);
  if (request.json) process.stdout.write(`${JSON.stringify({ conditions, rows })}\n`);
  else {
    const end = wrongs.length === 0 ? 'Every verdict was right.' : `Wrong:\n${wrongs.join('\n')}`;
    process.stdout.write(`${align(totalsTable(rows))}\n\n${end}\n`);
  }
  const file = join(repositoryRoot, 'docs', 'leaks.md');
  if (request.write) writeFileSync(file, leaksPage(rows, conditions));
  if (wrongs.length > 0) process.exitCode = 1;
}

await runBench(main);
