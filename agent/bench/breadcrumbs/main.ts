/** npm run bench -- breadcrumbs: what it costs to mark a synchronous call in shared memory. Each Node version runs in
 *  a process of its own; without --node, this one's only. */
import { readCommandLine, runBench, tell } from '../command-line.js';
import { align } from '../machine.js';
import { measureOn } from '../measure-on.js';
import type { Estimate } from '../statistics.js';
import { type Cost, measureCosts } from './measure.js';

/** The bound that the benchmark holds every call to. Unit: ns. */
const limitNs = 100;
const request = readCommandLine({
  name: 'breadcrumbs',
  numbers: { quadruples: { what: 'comparisons of each call', fallback: 60, max: 10_000 } },
});
const quadruples = request.numbers.quadruples!;

async function main(): Promise<void> {
  if (request.here) {
    return void process.stdout.write(`${JSON.stringify(measureCosts(quadruples, tell))}\n`);
  }
  const runs = request.versions.map((version) => ({ version, costs: costsOn(version) }));
  if (request.json) process.stdout.write(`${JSON.stringify({ limitNs, runs })}\n`);
  else print(runs);
  if (runs.some(({ costs }) => costs.some(isTooMuch))) process.exitCode = 1;
}

function costsOn(version: string): Cost[] {
  tell(`Node ${version}`);
  return measureOn(version, import.meta.url, ['--quadruples', String(quadruples)]);
}

const isTooMuch = ({ addedNs }: Cost): boolean => addedNs.low > limitNs;
/** An interval that holds the limit proves nothing: a busy machine, or too few quadruples. */
const verdictOf = (cost: Cost): string => {
  if (isTooMuch(cost)) return 'NO';
  return cost.addedNs.high <= limitNs ? 'yes' : 'cannot tell';
};
const interval = ({ median, low, high }: Estimate): string =>
  `${median.toFixed(0)} (${low.toFixed(0)} to ${high.toFixed(0)})`;

function print(runs: readonly { readonly version: string; readonly costs: readonly Cost[] }[]): void {
  const head = ['node', 'call', 'plain ns', 'added ns (95 %)', 'null run ns (95 %)', `at most ${limitNs} ns`];
  const rows = runs.flatMap(({ version, costs }) =>
    costs.map((cost) => [
      version,
      cost.name,
      cost.plainNs.toFixed(0),
      interval(cost.addedNs),
      interval(cost.nullNs),
      verdictOf(cost),
    ]),
  );
  process.stdout.write(`${align([head, ...rows])}\n`);
}

await runBench(main);
