import { parseArgs } from 'node:util';
import { chooseVersions } from './node-versions.js';

/** A number that a benchmark takes: its default and the values that make sense. */
export interface NumberOption {
  readonly fallback: number;
  /** 1 without it. */
  readonly min?: number;
  readonly max: number;
}

/** What the command line of a benchmark asked for. */
export interface Request {
  readonly versions: readonly string[];
  readonly numbers: Readonly<Record<string, number>>;
  readonly flags: ReadonlySet<string>;
  /** Words of --only, which narrow the run; empty for everything. */
  readonly only: readonly string[];
}

/** Reads `--node 20,22`, `--only a,b`, the named numbers and the named flags. Wrong usage ends the process with 2
 *  and one message. */
export function readCommandLine(
  numbers: Readonly<Record<string, NumberOption>>,
  flags: readonly string[],
): Request {
  try {
    const { values } = parseArgs({
      options: {
        node: { type: 'string' },
        only: { type: 'string' },
        ...Object.fromEntries(Object.keys(numbers).map((name) => [name, { type: 'string' as const }])),
        ...Object.fromEntries(flags.map((name) => [name, { type: 'boolean' as const }])),
      },
    });
    const given: Readonly<Record<string, unknown>> = values;
    return {
      versions: chooseVersions(words(given.node)),
      numbers: Object.fromEntries(
        Object.entries(numbers).map(([name, option]) => [name, readNumber(name, given[name], option)]),
      ),
      flags: new Set(flags.filter((name) => given[name] === true)),
      only: words(given.only),
    };
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(2);
  }
}

const words = (text: unknown): string[] =>
  typeof text === 'string' ? text.split(',').filter((word) => word !== '') : [];

function readNumber(name: string, text: unknown, { fallback, min = 1, max }: NumberOption): number {
  if (typeof text !== 'string') return fallback;
  const value = /^\d{1,7}$/.test(text) ? Number(text) : 0;
  if (value >= min && value <= max) return value;
  throw new RangeError(`--${name} must be an integer from ${min} to ${max}; got "${text}".`);
}

/** Progress: on stderr, so that stdout holds the result alone. */
export const tell = (text: string): void => void process.stderr.write(`${text}\n`);

/** What an error says, with what lies behind it: fetch() alone says no more than that it failed. */
export function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause === undefined ? error.message : `${error.message}: ${messageOf(error.cause)}`;
}

/** Runs a benchmark: what it throws becomes one message and exit code 1. A signal ends it by way of its exit
 *  handlers, so that no process and no directory is left. */
export async function runBench(main: () => Promise<void>): Promise<void> {
  process.once('SIGINT', () => process.exit(130)).once('SIGTERM', () => process.exit(143));
  try {
    await main();
  } catch (error) {
    tell(`The benchmark failed: ${messageOf(error)}`);
    process.exitCode = 1;
  }
}
