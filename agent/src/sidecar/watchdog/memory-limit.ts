import { join } from 'node:path';
import { findGroupFolders, noLimitBytes, readKernelFile } from './cgroup.js';

/** Reads how much memory the container may use: the smallest limit of the own control group and those above it.
 *  Unit: bytes; null where there is none. The groups are looked up once. `root` stands in for `/` in tests.
 *  Source: memory.max (v2), memory.limit_in_bytes (v1). */
export function createContainerLimitReader(root = '/'): () => number | null {
  const { isV2, folders } = findGroupFolders(root, 'memory');
  const name = isV2 ? 'memory.max' : 'memory.limit_in_bytes';
  return () => {
    const limits = folders
      .map((folder) => parseLimit(readKernelFile(join(folder, name))))
      .filter((limit) => limit !== null);
    return limits.length === 0 ? null : Math.min(...limits);
  };
}

function parseLimit(text: string): number | null {
  const bytes = /^\d+\s*$/.test(text) ? Number(text) : Number.NaN;
  return bytes > 0 && bytes < noLimitBytes ? bytes : null;
}
