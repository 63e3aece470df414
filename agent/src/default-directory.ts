import { lstatSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Where agents leave evidence and discovery files unless FAULTLINE_DIR says otherwise: `faultline` in the directory for
 *  temporary files, or `faultline-<uid>` where that belongs to another user of the machine, who could not share it
 *  and must not be trusted with it. Systems without user ids have one directory. */
export function defaultDirectory(
  temporary: string = tmpdir(),
  uid: number | undefined = process.getuid?.(),
): string {
  const shared = join(temporary, 'faultline');
  return uid === undefined || isOwnOrFree(shared, uid) ? shared : `${shared}-${uid}`;
}

function isOwnOrFree(path: string, uid: number): boolean {
  try {
    return lstatSync(path).uid === uid;
  } catch {
    return true;
  }
}
