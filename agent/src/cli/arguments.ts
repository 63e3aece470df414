import { parseArgs } from 'node:util';
import { FaultlineError } from '../errors.js';
import { profileSeconds } from '../protocol/profile.js';

/** What was typed, after checks. */
export interface CliArguments {
  readonly command: string;
  readonly operands: readonly string[];
  readonly url: string | null;
  readonly token: string | null;
  readonly json: boolean;
  readonly open: boolean;
  /** How long a profile takes; null when not said. Unit: s. */
  readonly seconds: number | null;
  readonly help: boolean;
}

/** Options win over FAULTLINE_URL and FAULTLINE_TOKEN. Throws ERR_FAULTLINE_USAGE for what it does not know. */
export function parseArguments(words: readonly string[], environment: NodeJS.ProcessEnv): CliArguments {
  const { values, positionals } = parse(words);
  const [command = '', ...operands] = positionals;
  const url = values.url ?? environment.FAULTLINE_URL ?? null;
  if (url !== null && !/^https?:\/\/./.test(url))
    throw usageError(`--url must be an http or https URL; got "${url}".`);
  return {
    command,
    operands,
    url: url?.replace(/\/+$/, '') ?? null,
    token: values.token ?? (environment.FAULTLINE_TOKEN || null),
    json: values.json === true,
    open: values.open === true,
    seconds: values.seconds === undefined ? null : parseSeconds(values.seconds),
    help: values.help === true,
  };
}

function parse(words: readonly string[]) {
  try {
    return parseArgs({
      args: [...words],
      allowPositionals: true,
      options: {
        url: { type: 'string' },
        token: { type: 'string' },
        json: { type: 'boolean' },
        open: { type: 'boolean' },
        seconds: { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
    });
  } catch (error) {
    throw usageError(error instanceof Error ? error.message : String(error));
  }
}

function parseSeconds(text: string): number {
  const { min, max } = profileSeconds;
  const seconds = Number(text);
  if (text.trim() !== '' && seconds >= min && seconds <= max) return seconds;
  throw usageError(`--seconds must be a number from ${min} to ${max}; got "${text}".`);
}

/** An error of the person at the keyboard: exit code 2. */
export const usageError = (message: string): FaultlineError =>
  new FaultlineError('ERR_FAULTLINE_USAGE', `${message} See faultline --help.`);
