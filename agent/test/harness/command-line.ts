import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Child } from './child.js';

const cli = fileURLToPath(new URL('../../../bin/faultline.js', import.meta.url));

export interface CommandRun {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the command line beside a program whose agent it finds by itself. */
export async function faultline(
  { directory, faultlineDirectory }: Pick<Child, 'directory' | 'faultlineDirectory'>,
  words: readonly string[],
): Promise<CommandRun> {
  const env = { PATH: process.env.PATH, FAULTLINE_DIR: faultlineDirectory };
  const run = spawn(process.execPath, [cli, ...words], { cwd: directory, env });
  let stdout = '';
  let stderr = '';
  run.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  run.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const [code] = (await once(run, 'close')) as [number | null];
  return { code, stdout, stderr };
}
