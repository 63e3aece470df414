import { spawn } from 'node:child_process';
import { yieldCpu } from '../low-priority.js';

/** One run of a program. */
export interface ProgramCall {
  readonly path: string;
  readonly arguments: readonly string[];
  readonly cwd: string;
  readonly environment: NodeJS.ProcessEnv;
  readonly timeoutMs: number;
  /** Unit: bytes, for stdout and stderr each. A program that prints more is killed. */
  readonly outputLimitBytes: number;
  readonly signal: AbortSignal;
}

/** How it ended. */
export interface ProgramResult {
  /** Exit code; null when it was killed. */
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Why it was killed; null when it ended by itself. */
  readonly killed: string | null;
}

/** Runs a program with nothing on stdin, in a process group of its own: when its time is over, it and everything
 *  that it started are killed.
 *  @throws Error when it cannot be started at all. */
export function runProgram(call: ProgramCall): Promise<ProgramResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(call.path, call.arguments, {
      cwd: call.cwd,
      env: call.environment,
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    yieldCpu(child.pid);
    let killed: string | null = null;
    const kill = (reason: string) => {
      killed ??= reason;
      if (child.pid !== undefined) killGroup(child.pid);
    };
    const timer = setTimeout(() => kill(`it ran longer than ${call.timeoutMs / 1000} s`), call.timeoutMs);
    const onAbort = () => kill('the drill was ended');
    call.signal.addEventListener('abort', onAbort, { once: true });
    if (call.signal.aborted) onAbort();

    const collect = (stream: NodeJS.ReadableStream) => {
      const chunks: Buffer[] = [];
      let bytes = 0;
      stream.on('data', (chunk: Buffer) => {
        bytes += chunk.byteLength;
        if (bytes > call.outputLimitBytes) kill(`it printed more than ${call.outputLimitBytes} bytes`);
        else chunks.push(chunk);
      });
      return () => Buffer.concat(chunks).toString('utf8');
    };
    const stdout = collect(child.stdout);
    const stderr = collect(child.stderr);
    const done = () => {
      clearTimeout(timer);
      call.signal.removeEventListener('abort', onAbort);
    };
    child.on('error', (cause) => {
      done();
      reject(new Error(`${call.path} cannot be run: ${cause.message}`, { cause }));
    });
    child.on('close', (status) => {
      done();
      resolve({ status, stdout: stdout(), stderr: stderr(), killed });
    });
  });
}

function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It has ended in the meantime.
  }
}
