import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { Failure } from '../../failure.js';

/** The user that PostgreSQL runs as. */
export interface RunAs {
  readonly uid: number;
  readonly gid: number;
}

const run = promisify(execFile);

/** Null when this process may run PostgreSQL itself. PostgreSQL refuses to run as root, so root lends it another
 *  user that every system has; no user is created. */
export async function chooseUser(): Promise<RunAs | null> {
  if (process.getuid?.() !== 0) return null;
  for (const name of ['postgres', 'nobody']) {
    const [uid, gid] = await Promise.all([readId('-u', name), readId('-g', name)]);
    if (uid !== null && gid !== null && uid !== 0) return { uid, gid };
  }
  throw new Failure(
    'ERR_DEMO_POSTGRES_USER',
    'PostgreSQL does not run as root, and this system has neither a user "postgres" nor "nobody". ' +
      'Start as another user, or set DATABASE_URL.',
  );
}

async function readId(option: '-u' | '-g', name: string): Promise<number | null> {
  try {
    const { stdout } = await run('id', [option, name], { timeout: 5_000 });
    const id = Number.parseInt(stdout, 10);
    return Number.isInteger(id) ? id : null;
  } catch {
    return null;
  }
}
