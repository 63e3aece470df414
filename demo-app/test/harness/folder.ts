import { chmodSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A temporary directory of a test's own, to be used as TMPDIR of the processes that it starts. */
export interface TestFolder {
  readonly path: string;
  /** Names of the database directories that are in it now. */
  databases(): string[];
  remove(): void;
}

/** Other users may walk through it, as they may through the system's one: PostgreSQL may run as one of them. */
export function createTestFolder(): TestFolder {
  const path = mkdtempSync(join(tmpdir(), 'faultline-demo-test-'));
  chmodSync(path, 0o711);
  return {
    path,
    databases: () => readdirSync(path).filter((name) => name.startsWith('faultline-demo-pg-')),
    remove: () => rmSync(path, { recursive: true, force: true, maxRetries: 5 }),
  };
}
