// Runs the compiled tests of every workspace, or those whose path holds one of the words given, with Node's own
// runner, and ends with a list of what was skipped and why, and of what failed. Node 20 takes no glob and Node 22 no
// folder, so the files are found here. A file that hangs is ended, told of and run once more: a second time is a failure.
import { existsSync, readdirSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { run } from 'node:test';
import { spec as Spec } from 'node:test/reporters';
import { fileURLToPath } from 'node:url';
import { endHungFiles } from './hung-files.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
/** How many files of which workspaces run at a time: most tests of the first ones wait for something, while drills and
 *  the demo want the machine for themselves. */
const groups = [
  { workspaces: ['agent', 'dashboards'], concurrency: 2 },
  { workspaces: ['chaos', 'demo-app'], concurrency: 1 },
];
/** The slowest file takes some four minutes on two cores. */
const fileLimitMs = 900_000;
const words = process.argv.slice(2);
const counts = { passed: 0, skipped: 0 };
const skipped = [];
const failures = [];
const hung = [];
/** What the tests of each file took, by path. */
const seconds = new Map();
const slowestShown = 8;

const chosen = groups
  .map(({ workspaces, concurrency }) => ({
    files: workspaces.flatMap(findTests).filter(isWanted),
    concurrency,
  }))
  .filter(({ files }) => files.length > 0);
if (chosen.length === 0) {
  const why =
    words.length === 0 ? 'Run npm run build first.' : `No test file's path holds ${words.join(' or ')}.`;
  process.stderr.write(`There is no compiled test to run. ${why}\n`);
  process.exit(2);
}
for (const group of chosen) await runTwiceWhereHung(group);
summarize();

function findTests(workspace) {
  const folder = join(root, workspace, 'dist', 'test');
  if (!existsSync(folder)) return [];
  const names = readdirSync(folder, { recursive: true })
    .map(String)
    .filter((name) => name.endsWith('.test.js'));
  return names.sort().map((name) => join(folder, name));
}

function isWanted(file) {
  const path = relative(root, file);
  return words.length === 0 || words.some((word) => path.includes(word));
}

async function runTwiceWhereHung({ files, concurrency }) {
  const first = await runFiles(files, concurrency);
  if (first.length === 0) return;
  hung.push(...first.map((file) => `  ${relative(root, file)}`));
  const second = await runFiles(first, 1);
  if (second.length > 0) process.exitCode = 1;
  failures.push(...second.map((file) => `  ${relative(root, file)}: did not end, twice`));
}

/** Runs files, and returns those that hung. */
async function runFiles(files, concurrency) {
  const killed = new Set();
  const unwatch = endHungFiles(fileLimitMs, (command, text) => {
    process.stderr.write(`\n${text}`);
    for (const file of files) if (command.includes(file)) killed.add(file);
  });
  const stream = run({ files, concurrency });
  stream.on('test:pass', (event) => {
    addTime(event);
    if (event.details?.type === 'suite') return;
    if (event.skip === undefined) counts.passed += 1;
    else note(event);
  });
  stream.on('test:fail', (event) => {
    addTime(event);
    const isKill = event.details?.error?.signal === 'SIGKILL' && killed.has(resolve(root, event.name));
    if (isKill) return;
    process.exitCode = 1;
    // A suite fails with the tests in it, which are told of by themselves.
    if (event.details?.type !== 'suite') failures.push(`  ${describe(event)}`);
  });
  for await (const text of stream.compose(new Spec())) process.stdout.write(text);
  unwatch();
  return [...killed];
}

/** A suite's time holds that of its tests. */
function addTime({ file, name, nesting, details }) {
  if (nesting !== 0 || file === undefined || name === file) return;
  seconds.set(file, (seconds.get(file) ?? 0) + details.duration_ms / 1_000);
}

function note(event) {
  counts.skipped += 1;
  const reason = typeof event.skip === 'string' && event.skip !== '' ? event.skip : 'no reason given';
  skipped.push(`  ${event.name}: ${reason}`);
}

/** A file whose process was killed fails without a reason of its own: the signal tells more than "test failed". */
function describe({ name, file, details }) {
  const path = relative(root, file ?? name);
  const { signal, exitCode } = details?.error ?? {};
  if (typeof signal === 'string') return `${path}: killed by ${signal}`;
  return name === file || exitCode === undefined ? `${path}: ${name}` : `${path}: ended with ${exitCode}`;
}

function summarize() {
  if (skipped.length > 0) process.stdout.write(`\nSkipped, and why:\n${skipped.join('\n')}\n`);
  if (hung.length > 0) process.stdout.write(`\nHung, was ended, and ran once more:\n${hung.join('\n')}\n`);
  if (failures.length > 0) process.stdout.write(`\nFailed:\n${failures.join('\n')}\n`);
  const slowest = [...seconds].sort(([, a], [, b]) => b - a).slice(0, slowestShown);
  const times = slowest.map(([file, took]) => `  ${took.toFixed(0).padStart(4)} s  ${relative(root, file)}`);
  if (words.length === 0 || seconds.size > slowestShown)
    process.stdout.write(`\nSlowest files:\n${times.join('\n')}\n`);
  const { passed, skipped: left } = counts;
  process.stdout.write(`\n${passed} passed, ${failures.length} failed, ${left} skipped\n`);
}
