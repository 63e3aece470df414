import { constants } from 'node:fs';
import { chmod, mkdir, open, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { FaultlineError } from '../../errors.js';
import type { EvidenceItem } from '../../protocol/incident.js';

const directoryMode = 0o700;
const filesListed = 32;
const fileMode = 0o600;
const namePattern = /^[a-z0-9][a-z0-9._-]{0,99}$/i;

/** What may lie in the store, over all processes that share the directory. */
export interface EvidenceLimits {
  readonly bytes: number;
  readonly incidents: number;
  /** Unit: ms. */
  readonly ageMs: number;
}

export const evidenceLimits: EvidenceLimits = {
  bytes: 200 * 1024 * 1024,
  incidents: 200,
  ageMs: 7 * 24 * 60 * 60 * 1_000,
};

/** Files that prove a verdict, one folder for each incident, readable by their owner only. */
export interface EvidenceStore {
  /** Writes or replaces a file of an incident, whole or not at all. Rejects when the disk does not take it, and
   *  with ERR_FAULTLINE_EVIDENCE for a name that could lead out of the store. */
  write(incidentId: string, name: string, type: string, content: string | Buffer): Promise<EvidenceItem>;
  /** Finished files of an incident, all of them JSON; none when the incident is not known. */
  list(incidentId: string): Promise<EvidenceItem[]>;
  /** Null when there is no such file. */
  find(incidentId: string, name: string): Promise<{ readonly path: string; readonly bytes: number } | null>;
  /** Removes the oldest folders until everything is within its limits. */
  prune(now: number): Promise<void>;
}

export function openEvidenceStore(directory: string, limits: EvidenceLimits = evidenceLimits): EvidenceStore {
  const folderOf = (incidentId: string): string => join(directory, incidentId);
  let unfinishedCount = 0;
  const find: EvidenceStore['find'] = async (incidentId, name) => {
    if (!areNames(incidentId, name)) return null;
    const path = join(folderOf(incidentId), name);
    try {
      // A link could lead out of the store.
      const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW);
      const stats = await file.stat().finally(() => file.close());
      return stats.isFile() ? { path, bytes: stats.size } : null;
    } catch {
      return null;
    }
  };
  return {
    async write(incidentId, name, type, content) {
      if (!areNames(incidentId, name)) {
        const got = JSON.stringify(`${incidentId}/${name}`.slice(0, 200));
        throw new FaultlineError('ERR_FAULTLINE_EVIDENCE', `Names must match ${namePattern}; got ${got}.`);
      }
      const folder = folderOf(incidentId);
      await mkdir(folder, { recursive: true, mode: directoryMode });
      const path = join(folder, name);
      unfinishedCount += 1;
      const unfinished = `${path}.${unfinishedCount}.part`;
      try {
        await writeFile(unfinished, content, { mode: fileMode, flag: 'w' });
        await chmod(unfinished, fileMode);
        await rename(unfinished, path);
      } catch (error) {
        await rm(unfinished, { force: true });
        throw error;
      }
      return { name, type, bytes: Buffer.byteLength(content) };
    },
    async list(incidentId) {
      if (!areNames(incidentId)) return [];
      const names = await readdir(folderOf(incidentId)).catch(() => []);
      const items: EvidenceItem[] = [];
      for (const name of names.filter((each) => !each.endsWith('.part')).slice(0, filesListed)) {
        const file = await find(incidentId, name);
        if (file !== null) items.push({ name, type: 'application/json', bytes: file.bytes });
      }
      return items;
    },
    find,
    prune: (now) => prune(directory, limits, now),
  };
}

const areNames = (...texts: readonly string[]): boolean => texts.every((text) => namePattern.test(text));

async function prune(directory: string, limits: EvidenceLimits, now: number): Promise<void> {
  const folders = await listFolders(directory);
  folders.sort((a, b) => b.modifiedMs - a.modifiedMs);
  let bytes = 0;
  for (const [index, folder] of folders.entries()) {
    bytes += folder.bytes;
    const kept = index < limits.incidents && bytes <= limits.bytes && now - folder.modifiedMs <= limits.ageMs;
    if (!kept) await rm(folder.path, { recursive: true, force: true });
  }
}

interface Folder {
  readonly path: string;
  readonly modifiedMs: number;
  readonly bytes: number;
}

async function listFolders(directory: string): Promise<Folder[]> {
  const names = await readdir(directory).catch(() => []);
  const folders: Folder[] = [];
  for (const name of names) {
    const path = join(directory, name);
    // Another process may remove a folder while it is looked at.
    const folder = await measureFolder(path).catch(() => null);
    if (folder !== null) folders.push(folder);
  }
  return folders;
}

async function measureFolder(path: string): Promise<Folder> {
  const { mtimeMs } = await stat(path);
  let bytes = 0;
  for (const name of await readdir(path)) bytes += (await stat(join(path, name))).size;
  return { path, modifiedMs: mtimeMs, bytes };
}
