import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';

/** A new directory without links in its path. Whoever makes it removes it. */
export const makeDirectory = (): string => mkdtempSync(join(realpathSync(tmpdir()), 'faultline-test-'));

export const removeDirectory = (directory: string): void =>
  rmSync(directory, { recursive: true, force: true, maxRetries: 3 });

/** A new directory that is removed, with all that is in it, when the test ends. */
export function temporaryDirectory(t: TestContext): string {
  const directory = makeDirectory();
  t.after(() => removeDirectory(directory));
  return directory;
}
