import { type ParseArgsConfig, parseArgs } from 'node:util';
import { Failure } from './failure.js';

/** parseArgs with errors of one line that name the way out. */
export function parseArguments<const Options extends NonNullable<ParseArgsConfig['options']>>(
  args: readonly string[],
  options: Options,
): ReturnType<
  typeof parseArgs<{ args: string[]; options: Options; strict: true; allowPositionals: false }>
>['values'] {
  try {
    return parseArgs({ args: [...args], options, strict: true, allowPositionals: false }).values;
  } catch (cause) {
    const message =
      cause instanceof Error ? cause.message.replace(/\.? To specify a positional.*$/s, '') : String(cause);
    throw new Failure('ERR_DEMO_USAGE', `${message.replace(/\.$/, '')}. See --help.`, 2, { cause });
  }
}

/** A number in a range. Throws a Failure that names flag, range and value. */
export function parseNumber(
  flag: string,
  text: string,
  range: { readonly min: number; readonly max: number; readonly whole?: boolean; readonly orZero?: boolean },
): number {
  const value = /^\d{1,10}(\.\d{1,6})?$/.test(text) ? Number(text) : Number.NaN;
  const isInRange = value >= range.min && value <= range.max && (!range.whole || Number.isInteger(value));
  if (isInRange || (range.orZero && value === 0)) return value;
  const kind = range.whole ? 'an integer' : 'a number';
  throw new Failure(
    'ERR_DEMO_USAGE',
    `--${flag} must be ${kind} from ${range.min} to ${range.max}${range.orZero ? ', or 0' : ''}; got ${JSON.stringify(text.slice(0, 200))}.`,
    2,
  );
}
