import type { CliArguments } from './arguments.js';
import type { Progress } from './progress.js';

/** What a command is given. */
export interface CommandContext {
  readonly typed: CliArguments;
  readonly environment: NodeJS.ProcessEnv;
  /** Writes a line to stdout. */
  readonly print: (line: string) => void;
  /** Shows how far something long has come, on stderr; null clears it. A terminal sees one line that changes,
   *  others each stage once. */
  readonly progress: Progress;
  /** Aborts when the person wants to stop. */
  readonly signal: AbortSignal;
}

/** One word of the command line. The result is the exit code. */
export interface Command {
  readonly name: string;
  /** As it stands in --help, with its operands. */
  readonly usage: string;
  readonly summary: string;
  run(context: CommandContext): Promise<number>;
}
