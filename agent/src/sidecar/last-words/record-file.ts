import { mkdirSync, renameSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const directoryMode = 0o700;
const fileMode = 0o600;
/** A process that ends takes away the folder when it finds it empty, perhaps just as this one has made it. */
const attempts = 10;

/** Folder below FAULTLINE_DIR that holds one file for each process, and for each worker thread with an agent. */
export const lastWordsFolder = (directory: string): string => join(directory, 'last-words');

/** Path of one agent's record. `startedAtMs` is that of the process: pids come again. */
export function lastWordsFile(directory: string, pid: number, startedAtMs: number, threadId: number): string {
  const name = `${pid}-${Math.round(startedAtMs)}${threadId === 0 ? '' : `-${threadId}`}.json`;
  return join(lastWordsFolder(directory), name);
}

const unfinished = (path: string): string => `${path}.part`;

/** Writes or replaces a record, whole or not at all. It is not forced to the disk: what the kernel has survives the
 *  process, and only the end of the machine would lose it. Throws when the directory cannot be written to. */
export function writeLastWords(path: string, text: string): void {
  for (let attempt = 1; ; attempt += 1) {
    try {
      makeFolder(path);
      // Whatever lies there may be a link that leads elsewhere.
      rmSync(unfinished(path), { force: true });
      writeFileSync(unfinished(path), text, { mode: fileMode, flag: 'wx' });
      renameSync(unfinished(path), path);
      return;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT' && attempt < attempts) continue;
      rmSync(unfinished(path), { force: true });
      throw error;
    }
  }
}

/** Makes the folder of a record. Throws when it cannot be made. */
export const makeFolder = (path: string): void =>
  void mkdirSync(dirname(path), { recursive: true, mode: directoryMode });

/** Removes a record, and the folder as well when nothing else is in it. Never throws. */
export function removeLastWords(path: string): void {
  try {
    rmSync(unfinished(path), { force: true });
    rmSync(path, { force: true });
    rmdirSync(dirname(path));
  } catch {
    // Others have records there, or nobody may write.
  }
}
