import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import { DashboardsError } from './errors.js';
import type { Output } from './output.js';

/** A file of the output directory that is not what would be rendered. */
export interface Difference {
  readonly path: string;
  /** `unknown`: nothing renders this file, so nothing keeps it right. */
  readonly state: 'missing' | 'different' | 'unknown';
}

/** Writes every file below `directory`; leaves other files alone. Throws DASHBOARDS_NOT_WRITTEN. */
export async function writeFiles(directory: string, output: Output): Promise<void> {
  try {
    for (const [path, text] of output) {
      const file = join(directory, path);
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, text);
    }
  } catch (error) {
    throw failure('DASHBOARDS_NOT_WRITTEN', 'written to', directory, error);
  }
}

/** Compares `directory` with what would be written to it. Sorted by path; empty when nothing differs. Throws
 *  DASHBOARDS_NOT_READ. */
export async function compareFiles(directory: string, output: Output): Promise<readonly Difference[]> {
  const present = await listFiles(directory);
  const differences: Difference[] = present
    .filter((path) => !output.has(path))
    .map((path) => ({ path, state: 'unknown' }));
  for (const [path, text] of output) {
    if (!present.includes(path)) differences.push({ path, state: 'missing' });
    else if ((await readFile(join(directory, path), 'utf8')) !== text) {
      differences.push({ path, state: 'different' });
    }
  }
  return differences.sort((one, other) => (one.path < other.path ? -1 : 1));
}

/** Paths of all files below `directory`, with forward slashes. A directory that does not exist has none. */
async function listFiles(directory: string): Promise<readonly string[]> {
  try {
    const entries = await readdir(directory, { recursive: true, withFileTypes: true });
    return entries
      .filter((entry) => entry.isFile())
      .map((entry) => relative(directory, join(entry.parentPath, entry.name)).split(sep).join('/'));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw failure('DASHBOARDS_NOT_READ', 'read', directory, error);
  }
}

function failure(code: string, verb: string, directory: string, cause: unknown): DashboardsError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new DashboardsError(
    code,
    `--out must be a directory that can be ${verb}, got ${directory}: ${reason}`,
    {
      cause,
    },
  );
}
