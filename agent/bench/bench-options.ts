import { supportedVersions } from './node-versions.js';

/** A number that a benchmark takes: what it means, its default and the values that make sense. */
export interface NumberOption {
  /** For --help: what it counts, with its unit. */
  readonly what: string;
  readonly fallback: number;
  /** 1 without it. */
  readonly min?: number;
  readonly max: number;
}

/** What a benchmark can be told, beside `--node` and `--json`, which every one takes. */
export interface BenchOptions {
  /** As in `npm run bench -- NAME`. */
  readonly name: string;
  readonly numbers: Readonly<Record<string, NumberOption>>;
  /** What --only narrows the run to; nothing where the benchmark has no parts. */
  readonly only?: string;
  /** The page that --write writes; nothing where there is none. */
  readonly page?: string;
}

const majors = supportedVersions.map((version) => version.split('.')[0]).join(',');

/** Text of `--help`: every option of the benchmark, one on a line. */
export function usageOf({ name, numbers, only, page }: BenchOptions): string {
  const rows: readonly (readonly [string, string])[] = [
    ...Object.entries(numbers).map(
      ([option, { what, fallback, min = 1, max }]) =>
        [`--${option} N`, `${what}, from ${min} to ${max} (default ${fallback})`] as const,
    ),
    ['--node LIST', `majors of Node (default ${majors})`],
    ...(only === undefined ? [] : [['--only LIST', `${only} (default all)`] as const]),
    ['--json', 'the result as JSON on stdout'],
    ...(page === undefined ? [] : [['--write', `writes ${page}`] as const]),
    ['--help', 'these lines'],
  ];
  const width = Math.max(...rows.map(([option]) => option.length)) + 2;
  const lines = rows.map(([option, what]) => `  ${option.padEnd(width)}${what}`);
  return `Usage: npm run bench -- ${name} [options]\n\n${lines.join('\n')}\n`;
}
