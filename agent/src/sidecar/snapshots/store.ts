import { mkdir, readdir, rm, stat, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { unfinishedEnding } from '../../protocol/heap-snapshot.js';

const directoryMode = 0o700;
/** Over all processes that share the directory: enough for before, after, and once more of two services. */
const snapshotsKept = 4;
const ending = '.heapsnapshot';
const namePattern = /^heap-\d{14}-(\d+)-(\d+)-\d+\.heapsnapshot(\.part)?$/;

/** Whose heap it is: each thread of a process may have an agent of its own. */
export interface Writer {
  readonly pid: number;
  readonly thread: number;
}

/** The files of heap snapshots, readable by their owner only. */
export interface SnapshotStore {
  /** Path of a file that is not there yet. Makes the directory. */
  reserve(now: number): Promise<string>;
  /** Bytes so far of a file that is being written; 0 before it is there. */
  written(path: string): Promise<number>;
  remove(path: string): Promise<void>;
  /** What the disk has left for it. Unit: bytes. */
  freeBytes(): Promise<number>;
  /** Removes the oldest finished files until no more than four are left. */
  prune(): Promise<void>;
  /** Removes what processes that are gone left unfinished, and what this one did before its sidecar started. */
  sweep(): Promise<void>;
}

/** Needs the directory of one machine: whether a writer is gone is known by its process id. */
export function openSnapshotStore(
  directory: string,
  own: Writer,
  isAlive: (pid: number) => boolean,
): SnapshotStore {
  let count = 0;
  const list = async (): Promise<string[]> =>
    (await readdir(directory).catch((): string[] => [])).filter((name) => namePattern.test(name));
  const remove = (path: string): Promise<void> => rm(path, { force: true });
  return {
    async reserve(now) {
      await mkdir(directory, { recursive: true, mode: directoryMode });
      count += 1;
      const time = new Date(now).toISOString().slice(0, 19).replace(/\D/g, '');
      return join(directory, `heap-${time}-${own.pid}-${own.thread}-${count}${ending}`);
    },
    async written(path) {
      const stats = await stat(path + unfinishedEnding).catch(() => null);
      return stats?.size ?? 0;
    },
    remove,
    async freeBytes() {
      await mkdir(directory, { recursive: true, mode: directoryMode });
      const { bavail, bsize } = await statfs(directory);
      return bavail * bsize;
    },
    async prune() {
      const finished = (await list()).filter((name) => name.endsWith(ending)).sort();
      for (const name of finished.slice(0, -snapshotsKept)) await remove(join(directory, name));
    },
    async sweep() {
      for (const name of await list()) {
        const [, pid, thread] = (namePattern.exec(name) ?? []).map(Number);
        const isOwn = pid === own.pid && thread === own.thread;
        const isLeft = name.endsWith(unfinishedEnding) && (isOwn || !isAlive(pid!));
        if (isLeft) await remove(join(directory, name));
      }
    },
  };
}
