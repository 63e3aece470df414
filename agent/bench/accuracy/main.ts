/** npm run bench -- accuracy: how often the verdict on a blocked loop is right, and how soon it is there. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { messageOf, readCommandLine, runBench, tell } from '../command-line.js';
import { align } from '../machine.js';
import { nodeBinary, repositoryRoot } from '../node-versions.js';
import { judge } from './judge.js';
import { observe } from './observe.js';
import { accuracyPage } from './page.js';
import { type Program, readPrograms } from './program.js';
import { tableOf, totalsTable, wrongLines } from './report.js';
import { type Row, totalsOf, wrongsOf } from './results.js';
import { createWorkspace, type Workspace } from './workspace.js';

const thresholdMs = 100;
const request = readCommandLine({
  name: 'accuracy',
  numbers: { repeat: { what: 'how often each program runs', fallback: 1, max: 100 } },
  only: 'programs whose name holds one of these words',
  page: 'docs/accuracy.md',
});

async function main(): Promise<void> {
  const programs = readPrograms().filter(
    ({ name }) => request.only.length === 0 || request.only.some((word) => name.includes(word)),
  );
  const workspace = createWorkspace();
  const rows: Row[] = [];
  try {
    for (const version of request.versions) {
      const node = nodeBinary(version);
      for (let turn = 0; turn < request.numbers.repeat!; turn += 1) {
        for (const program of programs) {
          rows.push(await runOnce(program, workspace, version, node));
          tellRow(rows.at(-1)!);
        }
      }
    }
  } finally {
    workspace.remove();
  }
  print(rows);
  const page = accuracyPage(rows, 'npm run bench -- accuracy --write', thresholdMs);
  if (request.write) writeFileSync(join(repositoryRoot, 'docs', 'accuracy.md'), page);
  const missed = rows.filter(({ verdict }) => verdict?.detected !== true);
  if (missed.length > 0) process.exitCode = 1;
}

/** A program that cannot be run is a row that failed; nothing is tried twice. */
async function runOnce(program: Program, workspace: Workspace, version: string, node: string): Promise<Row> {
  const row = { program: program.name, version, expects: program.expects };
  try {
    const observed = await observe(program, workspace, node);
    return { ...row, verdict: judge(program.expects, observed), failure: null };
  } catch (error) {
    return { ...row, verdict: null, failure: messageOf(error) };
  }
}

function tellRow(row: Row): void {
  const wrongs = wrongsOf(row);
  const latency = row.verdict?.latencyMs?.toFixed(0) ?? '–';
  const text = wrongs.length === 0 ? 'right' : `WRONG: ${wrongs.join('; ')}`;
  tell(`Node ${row.version}  ${row.program.padEnd(24)} ${latency.padStart(4)} ms  ${text}`);
}

function print(rows: readonly Row[]): void {
  if (request.json) {
    return void process.stdout.write(`${JSON.stringify({ thresholdMs, totals: totalsOf(rows), rows })}\n`);
  }
  const wrongs = wrongLines(rows);
  const end = wrongs.length === 0 ? 'Every verdict was right.' : `Wrong:\n${wrongs.join('\n')}`;
  process.stdout.write(`${tableOf(rows)}\n\n${align(totalsTable(rows))}\n\n${end}\n`);
}

await runBench(main);
