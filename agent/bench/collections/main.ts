/** npm run bench -- collections: for how long a collection holds the main thread up when the agent asks V8 for one, when
 *  it reads a heap profile, and when somebody forces one. Each Node version runs in a process of its own; without --node,
 *  this one's only. */
import { readCommandLine, runBench, tell } from '../command-line.js';
import { align } from '../machine.js';
import { measureOn } from '../measure-on.js';
import { smallestSample } from '../statistics.js';
import { kinds, measurePauses, type Pauses } from './measure.js';

/** No pause that the agent is the cause of may be longer. Unit: ms. */
const limitMs = 20;

interface Run {
  readonly version: string;
  readonly pauses: readonly Pauses[];
}

const request = readCommandLine({
  name: 'collections',
  numbers: { rounds: { what: 'pauses of each kind', fallback: 12, min: smallestSample, max: 1_000 } },
});
const rounds = request.numbers.rounds!;

await runBench(async () => {
  if (request.here)
    return void process.stdout.write(`${JSON.stringify(await measurePauses(rounds, tell))}\n`);
  const runs = request.versions.map((version) => {
    tell(`Node ${version}`);
    const pauses = measureOn<Pauses[]>(version, import.meta.url, ['--rounds', String(rounds)]);
    return { version, pauses };
  });
  if (request.json) process.stdout.write(`${JSON.stringify({ limitMs, runs })}\n`);
  else print(runs);
  const asked = runs.flatMap(({ pauses }) => pauses.filter(({ kind }) => kind === kinds[1]));
  if (asked.some(({ pauseMs }) => pauseMs.low > limitMs)) process.exitCode = 1;
});

function print(runs: readonly Run[]): void {
  const head = ['node', 'heap', 'what pauses', 'longest pause ms (95 %)', 'the longest of all'];
  process.stdout.write(`${align([head, ...runs.flatMap(rowsOf)])}\n`);
}

function rowsOf({ version, pauses }: Run) {
  return pauses.map(({ kind, heap: { heapMb, arrays }, pauseMs: { median, low, high }, longestMs }) => [
    version,
    `${heapMb} MB in ${arrays}`,
    kind,
    `${median.toFixed(1)} (${low.toFixed(1)} to ${high.toFixed(1)})`,
    longestMs.toFixed(1),
  ]);
}
