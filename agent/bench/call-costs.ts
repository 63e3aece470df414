import { basename, dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readCommandLine, runBench, tell } from './command-line.js';
import { align } from './machine.js';
import { measureOn } from './measure-on.js';
import { type Estimate, smallestSample } from './statistics.js';

/** What following one call costs. Unit: ns. */
export interface Cost {
  readonly name: string;
  readonly addedNs: Estimate;
  /** The same comparison without the sensor on either side: the method's own noise. */
  readonly nullNs: Estimate;
  /** What the call costs without it, where that is known. Unit: ns. */
  readonly baseNs?: number;
  /** A bound of its own, where the one of the benchmark does not fit. Unit: ns. */
  readonly limitNs?: number;
}

/** A benchmark of one kind of call. */
export interface CallBench {
  /** `import.meta.url` of its entry, which runs once more in a process of each Node version. */
  readonly entry: string;
  /** The bound that calls are held to. Unit: ns. */
  readonly limitNs: number;
  measure(quadruples: number, tell: (text: string) => void): Cost[] | Promise<Cost[]>;
}

/** Runs it on the versions that the command line names and prints the costs; a cost that is surely beyond the limit
 *  makes exit code 1. */
export async function runCallBench({ entry, limitNs, measure }: CallBench): Promise<void> {
  const request = readCommandLine({
    name: basename(dirname(fileURLToPath(entry))),
    numbers: {
      quadruples: { what: 'comparisons of each call', fallback: 60, min: smallestSample, max: 10_000 },
    },
  });
  const quadruples = request.numbers.quadruples!;
  const costsOn = (version: string): Cost[] => {
    tell(`Node ${version}`);
    return measureOn(version, entry, ['--quadruples', String(quadruples)]);
  };
  await runBench(async () => {
    if (request.here)
      return void process.stdout.write(`${JSON.stringify(await measure(quadruples, tell))}\n`);
    const runs = request.versions.map((version) => ({ version, costs: costsOn(version) }));
    if (request.json) process.stdout.write(`${JSON.stringify({ limitNs, runs })}\n`);
    else print(runs);
    if (runs.some(({ costs }) => costs.some((cost) => cost.addedNs.low > (cost.limitNs ?? limitNs))))
      process.exitCode = 1;
  });
}

const interval = ({ median, low, high }: Estimate): string =>
  `${median.toFixed(0)} (${low.toFixed(0)} to ${high.toFixed(0)})`;

/** What it adds to the call. Unit: %, with its interval. */
function share({ addedNs: { median, low, high }, baseNs }: Cost): string {
  if (baseNs === undefined || baseNs < 1) return '';
  const [middle, from, to] = [median, low, high].map((ns) => ((ns / baseNs) * 100).toFixed(2));
  return `${middle} % (${from} to ${to})`;
}

function print(runs: readonly { readonly version: string; readonly costs: readonly Cost[] }[]): void {
  const head = ['node', 'call', 'added ns (95 %)', 'of the call', 'null run ns (95 %)'];
  const rows = runs.flatMap(({ version, costs }) =>
    costs.map((cost) => [version, cost.name, interval(cost.addedNs), share(cost), interval(cost.nullNs)]),
  );
  process.stdout.write(`${align([head, ...rows])}\n`);
}
