import { parseArgs } from 'node:util';
import { type BenchOptions, type NumberOption, usageOf } from './bench-options.js';
import { chooseVersions } from './node-versions.js';

/** What the command line of a benchmark asked for. */
export interface Request {
  readonly versions: readonly string[];
  readonly numbers: Readonly<Record<string, number>>;
  /** Words of --only, which narrow the run; empty for everything. */
  readonly only: readonly string[];
  /** The result as JSON instead of tables. */
  readonly json: boolean;
  /** Whether the page is written. */
  readonly write: boolean;
  /** Whether this process measures itself: how a benchmark asks for its own numbers on another version. */
  readonly here: boolean;
}

/** Reads what the benchmark's options say. `--help` prints them and ends the process; wrong usage ends it with 2 and one
 *  line. */
export function readCommandLine(options: BenchOptions): Request {
  const request = attempt(() => parse(options));
  if (request !== null) return request;
  process.stdout.write(usageOf(options));
  process.exit(0);
}

/** Null when help is wanted. */
function parse({ numbers, only, page }: BenchOptions): Request | null {
  const texts = ['node', ...(only === undefined ? [] : ['only']), ...Object.keys(numbers)];
  const flags = ['help', 'json', 'here', ...(page === undefined ? [] : ['write'])];
  const { values: given } = parseArgs({
    options: Object.fromEntries([
      ...texts.map((name) => [name, { type: 'string' as const }] as const),
      ...flags.map((name) => [name, { type: 'boolean' as const }] as const),
    ]),
  });
  const values: Readonly<Record<string, unknown>> = given;
  if (values.help === true) return null;
  return {
    versions: chooseVersions(words(values.node)),
    numbers: Object.fromEntries(
      Object.entries(numbers).map(([name, option]) => [name, readNumber(name, values[name], option)]),
    ),
    only: words(values.only),
    json: values.json === true,
    write: values.write === true,
    here: values.here === true,
  };
}

function attempt<Value>(read: () => Value): Value {
  try {
    return read();
  } catch (error) {
    process.stderr.write(`${whatIsWrong(error)}\n`);
    process.exit(2);
  }
}

/** Our own messages say all there is to say; those of parseArgs go on with how to write what nobody meant. */
function whatIsWrong(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof RangeError) return message;
  return `${message.split(/\.\s/)[0]!.replace(/\.$/, '')}. See --help.`;
}

const words = (text: unknown): string[] =>
  typeof text === 'string' ? text.split(',').filter((word) => word !== '') : [];

function readNumber(name: string, text: unknown, { fallback, min = 1, max }: NumberOption): number {
  if (typeof text !== 'string') return fallback;
  const value = /^\d{1,7}$/.test(text) ? Number(text) : Number.NaN;
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
