import { freemem } from 'node:os';
import { join } from 'node:path';
import { findGroupFolders, noLimitBytes, readKernelFile } from './cgroup.js';

/** Memory that the process can still get before something is killed, and who sets that limit. */
export interface MemoryRoom {
  readonly where: 'the machine' | 'the container';
  /** Unit: bytes. */
  readonly freeBytes: number;
}

/** Reads what the machine and each control group around this process have left; the caches of files count as left.
 *  The groups are looked up once. `root` stands in for `/` in tests.
 *  Source: MemAvailable of /proc/meminfo, else os.freemem(); memory.max, memory.current and inactive_file of
 *  memory.stat (v2); memory.limit_in_bytes, memory.usage_in_bytes and total_inactive_file (v1). */
export function createMemoryRoomReader(root = '/'): () => MemoryRoom {
  const { isV2, folders } = findGroupFolders(root, 'memory');
  return () => {
    const rooms: MemoryRoom[] = [{ where: 'the machine', freeBytes: readMachine(root) }];
    for (const folder of folders) {
      const freeBytes = isV2 ? readV2(folder) : readV1(folder);
      if (freeBytes !== null) rooms.push({ where: 'the container', freeBytes });
    }
    return rooms.reduce((least, room) => (room.freeBytes < least.freeBytes ? room : least));
  };
}

function readMachine(root: string): number {
  const kilobytes = /^MemAvailable:\s+(\d+) kB$/m.exec(readKernelFile(join(root, 'proc/meminfo')))?.[1];
  return kilobytes === undefined ? freemem() : Number(kilobytes) * 1_024;
}

const readV2 = (folder: string): number | null =>
  roomOf(folder, 'memory.max', 'memory.current', /^inactive_file (\d+)$/m);

const readV1 = (folder: string): number | null =>
  roomOf(folder, 'memory.limit_in_bytes', 'memory.usage_in_bytes', /^total_inactive_file (\d+)$/m);

function roomOf(folder: string, limitFile: string, usageFile: string, cache: RegExp): number | null {
  const limit = readNumber(join(folder, limitFile));
  const usage = readNumber(join(folder, usageFile));
  if (limit === null || usage === null || limit >= noLimitBytes) return null;
  const cached = Number(cache.exec(readKernelFile(join(folder, 'memory.stat')))?.[1] ?? 0);
  return Math.max(0, limit - Math.max(0, usage - cached));
}

function readNumber(path: string): number | null {
  const text = readKernelFile(path).trim();
  return /^\d+$/.test(text) ? Number(text) : null;
}
