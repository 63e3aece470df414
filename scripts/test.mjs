// Runs the compiled tests of every workspace, or those whose path holds one of the words given, with Node's own
// runner, and ends with a list of what was skipped and why, and of what failed. Node 20 takes no glob and Node 22 no
// folder, so the files are found here.
import { existsSync, readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { run } from 'node:test';
import { spec as Spec } from 'node:test/reporters';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
/** How many files of which workspaces run at a time: most tests of the first ones wait for something, while drills and
 *  the demo want the machine for themselves. */
const groups = [
  { workspaces: ['agent', 'dashboards'], concurrency: 2 },
  { workspaces: ['chaos', 'demo-app'], concurrency: 1 },
];
const words = process.argv.slice(2);
const counts = { passed: 0, skipped: 0 };
const skipped = [];
const failures = [];

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
for (const group of chosen) await runGroup(group);
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

async function runGroup({ files, concurrency }) {
  const stream = run({ files, concurrency });
  stream.on('test:pass', (event) => {
    if (event.details?.type === 'suite') return;
    if (event.skip === undefined) counts.passed += 1;
    else note(event);
  });
  stream.on('test:fail', (event) => {
    if (event.details?.type !== 'suite') failures.push(`  ${describe(event)}`);
    process.exitCode = 1;
  });
  for await (const text of stream.compose(new Spec())) process.stdout.write(text);
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
  if (failures.length > 0) process.stdout.write(`\nFailed:\n${failures.join('\n')}\n`);
  const { passed, skipped: left } = counts;
  process.stdout.write(`\n${passed} passed, ${failures.length} failed, ${left} skipped\n`);
}
