import type { Json, ProcessProvider } from '../experiment.js';
import { runProgram } from './run-program.js';

/** Unit: bytes. */
const outputLimitBytes = 1024 * 1024;

/** Runs a process provider. The output is that of Chaos Toolkit: status, stdout and stderr.
 *  @throws Error when the program cannot be started, or had to be killed. */
export async function callProcess(
  provider: ProcessProvider,
  where: { readonly cwd: string; readonly environment: NodeJS.ProcessEnv },
  signal: AbortSignal,
): Promise<Json> {
  const { status, stdout, stderr, killed } = await runProgram({
    path: provider.path,
    arguments: provider.arguments,
    ...where,
    timeoutMs: provider.timeout * 1000,
    outputLimitBytes,
    signal,
  });
  if (killed !== null) throw new Error(`${provider.path} was killed: ${killed}`);
  return { status, stdout, stderr };
}
