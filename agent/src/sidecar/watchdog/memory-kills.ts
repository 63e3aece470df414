import { statSync } from 'node:fs';
import { join } from 'node:path';
import type { MemoryKills } from '../../protocol/last-words.js';
import { findGroupFolders, readKernelFile } from './cgroup.js';

/** Reads how many processes of the own control group the kernel has killed for memory, since the group was made; null
 *  where nobody counts. The group is looked up once. `root` stands in for `/` in tests.
 *  Source: oom_kill of memory.events (v2) or memory.oom_control (v1); a group is told by the inode of its folder. */
export function createMemoryKillReader(root = '/'): () => MemoryKills | null {
  const { isV2, folders } = findGroupFolders(root, 'memory');
  const own = folders[0];
  const name = isV2 ? 'memory.events' : 'memory.oom_control';
  return () => {
    if (own === undefined) return null;
    const count = /^oom_kill (\d+)$/m.exec(readKernelFile(join(own, name)))?.[1];
    return count === undefined ? null : { group: nameOf(own), count: Number(count) };
  };
}

/** In every container the own group may lie at the same path. */
function nameOf(folder: string): string {
  try {
    const { dev, ino } = statSync(folder, { bigint: true });
    return `${folder}#${dev}.${ino}`;
  } catch {
    return folder;
  }
}
