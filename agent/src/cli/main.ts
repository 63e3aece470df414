import { FaultlineError } from '../errors.js';
import { type CliArguments, parseArguments, usageError } from './arguments.js';
import type { Command } from './command.js';
import { compare } from './commands/compare.js';
import { health } from './commands/health.js';
import { incidents } from './commands/incidents.js';
import { profile } from './commands/profile.js';
import { ps } from './commands/ps.js';
import { report } from './commands/report.js';
import { requests } from './commands/requests.js';
import { show } from './commands/show.js';
import { snapshot } from './commands/snapshot.js';
import { tail } from './commands/tail.js';
import { createProgress } from './progress.js';

const commands: readonly Command[] = [
  ps,
  health,
  incidents,
  show,
  tail,
  requests,
  report,
  profile,
  snapshot,
  compare,
];
const failure = 1;
const wrongUsage = 2;
/** What the person at the keyboard can put right. */
const usageCodes: readonly string[] = ['ERR_FAULTLINE_USAGE', 'ERR_FAULTLINE_HEAP_FILE'];

const help = `Usage: faultline COMMAND [options]

${commands.map(({ usage, summary }) => `  ${usage.padEnd(32)}${summary}`).join('\n')}

Options
  --url URL           the agent to ask; default FAULTLINE_URL, or the only agent on this machine
  --token TOKEN       its token; default FAULTLINE_TOKEN
  --json              print JSON
  --seconds N         how long a profile takes, 1 to 60; default 5
  -h, --help          this text

Exit codes: 0 done, 1 no answer or the state asked about is bad, 2 wrong usage.`;

const stop = new AbortController();
process.once('SIGINT', () => stop.abort());
// A reader that goes away, such as head, ends the output and is no error.
process.stdout.on('error', () => process.exit(0));

process.exitCode = await run(process.argv.slice(2));

async function run(words: readonly string[]): Promise<number> {
  try {
    return await runCommand(parseArguments(words, process.env));
  } catch (error) {
    if (!(error instanceof FaultlineError)) throw error;
    process.stderr.write(`faultline: ${error.message}\n`);
    return usageCodes.includes(error.code) ? wrongUsage : failure;
  }
}

async function runCommand(typed: CliArguments): Promise<number> {
  const print = (line: string): void => void process.stdout.write(`${line}\n`);
  if (typed.help) {
    print(help);
    return 0;
  }
  const command = commands.find(({ name }) => name === typed.command);
  if (command === undefined) {
    const known = commands.map(({ name }) => name).join(', ');
    throw usageError(
      typed.command === ''
        ? `A command is missing: ${known}.`
        : `There is no command ${typed.command}; there are ${known}.`,
    );
  }
  return await command.run({
    typed,
    environment: process.env,
    print,
    progress: createProgress(process.stderr),
    signal: stop.signal,
  });
}
