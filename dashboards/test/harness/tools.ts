import { execFile } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';

/** The dashboards workspace. */
export const workspace = fileURLToPath(new URL('../../..', import.meta.url));

/** Full path of the first of these programs that is on PATH. Skips the test with the reason when none is, or fails
 *  it when FAULTLINE_REQUIRE_PROMETHEUS=1 says that they must be there; null after a skip. */
export function requireTool(t: TestContext, ...names: readonly string[]): string | null {
  const directories = (process.env.PATH ?? '').split(delimiter);
  const found = names
    .flatMap((name) => directories.map((directory) => join(directory, name)))
    .find(isExecutable);
  if (found !== undefined) return found;
  const reason = `${names[0]} is not on PATH`;
  if (process.env.FAULTLINE_REQUIRE_PROMETHEUS === '1') {
    throw new Error(`${reason}, and FAULTLINE_REQUIRE_PROMETHEUS=1 says that it must be`);
  }
  t.skip(reason);
  return null;
}

/** What a program said, and how it ended. */
export interface ToolResult {
  readonly code: number;
  readonly output: string;
}

/** Runs a program to its end, a minute at the most. Never rejects: look at `code`. */
export function runTool(file: string, ...args: readonly string[]): Promise<ToolResult> {
  return new Promise((resolve) => {
    execFile(file, [...args], { cwd: workspace, timeout: 60_000 }, (error, stdout, stderr) => {
      const code = error === null ? 0 : typeof error.code === 'number' ? error.code : 1;
      resolve({ code, output: `${stdout}${stderr}` });
    });
  });
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
