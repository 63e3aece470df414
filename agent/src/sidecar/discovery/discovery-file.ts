import { mkdirSync, readdirSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Discovery } from '../../protocol/discovery.js';
import { writeVanishingFile } from './vanishing-file.js';

const directoryMode = 0o700;
const fileMode = 0o600;
/** Another process that ends takes away folders that it finds empty, perhaps just as this one has made them. Each
 *  time, it takes a process that ends at that very moment; ten of them in a row are no accident. */
const attempts = 10;
/** How long the pause before the second attempt is at the most; before each further one it is that much longer. Unit: ms. */
const longestPauseMs = 2;

/** Folder below FAULTLINE_DIR that holds one file for each agent. */
export const discoveryFolder = (directory: string): string => join(directory, 'discovery');

/** Path of one agent's file. */
export const discoveryFile = (directory: string, pid: number, threadId: number): string =>
  join(discoveryFolder(directory), threadId === 0 ? `${pid}.json` : `${pid}-${threadId}.json`);

/** Writes this agent's file and removes those of processes that are gone. Resolves to its path. Rejects when the
 *  directory cannot be written to. */
export async function writeDiscoveryFile(directory: string, discovery: Discovery): Promise<string> {
  const path = discoveryFile(directory, discovery.pid, discovery.threadId);
  const text = `${JSON.stringify(discovery)}\n`;
  for (let attempt = 1; ; attempt += 1) {
    try {
      makeRoom(path);
      // A process has an exit handler that removes its file; a worker may be terminated without a word.
      if (discovery.threadId === 0) writeFileSync(path, text, { mode: fileMode, flag: 'wx' });
      else await writeVanishingFile(path, text, fileMode);
      return path;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || attempt === attempts) throw error;
      // Two that come and go in step would meet each time.
      await delay(Math.random() * attempt * longestPauseMs);
    }
  }
}

/** Removes a file, and the folders as well when nothing else is in them. Never throws. */
export function removeDiscoveryFile(path: string): void {
  try {
    rmSync(path, { force: true });
    rmdirSync(dirname(path));
    // Fails if evidence was kept.
    rmdirSync(dirname(dirname(path)));
  } catch {
    // Somebody else has swept it, or has files there.
  }
}

/** Whether a process lives. One that belongs to another user does: the system says EPERM, not ESRCH. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function makeRoom(path: string): void {
  const folder = dirname(path);
  mkdirSync(folder, { recursive: true, mode: directoryMode });
  sweep(folder);
  rmSync(path, { force: true });
}

function sweep(folder: string): void {
  for (const name of readdirSync(folder)) {
    const pid = /^(\d+)(?:-\d+)?\.json$/.exec(name)?.[1];
    if (pid !== undefined && !isAlive(Number(pid))) rmSync(join(folder, name), { force: true });
  }
}
