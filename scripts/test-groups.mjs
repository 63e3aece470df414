// Which test files run beside which. Most of a run is waiting: for a dependency to be learnt, for a leak to be sure, for
// an incident to be over. Those files run three at a time, the many short ones two at a time; those that need a CPU, or the
// whole machine, run by themselves.
import { readFileSync } from 'node:fs';
import { relative, sep } from 'node:path';

/** Take less than a fifth of a CPU over their time, although each runs for many seconds. */
const waiting = [
  'agent/test/process/dependency-failing',
  'agent/test/process/heap-leak',
  'agent/test/process/memory-beside-heap',
];
/** Start the demo or many drills at once, or have an agent watch real pools or a service that is well, which is right to say
 *  on a crowded machine that it gets no CPU. */
const wholeMachine = [
  'agent/test/console/page',
  'chaos/test/drill/run',
  'chaos/test/end-to-end/',
  'demo-app/test/db/faults-told',
  'demo-app/test/orchestrate/demo',
  'demo-app/test/pool-asked',
  'demo-app/test/pool-exhausted',
  'demo-app/test/routes/twins',
];
/** Watch processes of their own, most of them for a few seconds in which these should get a CPU. */
const processes = 'agent/test/process/';
/** What a test imports that a crowd of others would starve. */
const needsCpu = /\bharness\/crowded\.js'/;

const starts = [...waiting, ...wholeMachine];

/** What stands in the lists above and is no test file any more. */
export const withoutFile = (files, root) =>
  starts.filter((start) => !files.some((file) => sourceOf(file, root).startsWith(start)));

/** Several times what the slowest file takes, so that one that hangs is ended before the whole run is late. */
const fileLimitMs = 600_000;
/** A drill takes minutes, and may begin anew. */
const drillLimitMs = 900_000;

/**
 * Stages, one after the other, each with so many files at a time. A calm stage begins when the machine has got over what came
 * before.
 *
 * @param {readonly string[]} files Compiled test files.
 * @param {string} root Of the repository.
 */
export function stagesOf(files, root) {
  const inGroup = (group) => files.filter((file) => groupOf(file, root) === group);
  return [
    { files: inGroup('needsCpu'), concurrency: 1, isCalm: true, fileLimitMs },
    { files: inGroup('processes'), concurrency: 2, isCalm: false, fileLimitMs },
    { files: inGroup('waiting'), concurrency: 3, isCalm: false, fileLimitMs },
    { files: inGroup('other'), concurrency: 2, isCalm: false, fileLimitMs },
    { files: inGroup('wholeMachine'), concurrency: 1, isCalm: false, fileLimitMs: drillLimitMs },
  ].filter((stage) => stage.files.length > 0);
}

function groupOf(file, root) {
  const isIn = (list) => list.some((start) => sourceOf(file, root).startsWith(start));
  if (isIn(waiting)) return 'waiting';
  if (isIn(wholeMachine)) return 'wholeMachine';
  if (needsCpu.test(readFileSync(file, 'utf8'))) return 'needsCpu';
  return isIn([processes]) ? 'processes' : 'other';
}

const sourceOf = (file, root) => relative(root, file).split(sep).join('/').replace('/dist/', '/');
