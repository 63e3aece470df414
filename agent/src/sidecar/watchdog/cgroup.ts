import { readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { readSmallFile } from './small-file.js';

/** Control groups of version 1 write "no limit" as the largest number of pages; nothing real comes near. Unit: bytes. */
export const noLimitBytes = 2 ** 60;
/** Levels above the own group that are looked at; a quota of any of them holds the process back. */
const deepest = 16;

/** What the CPU quotas of this process have held back since its groups were made. */
export interface Throttling {
  /** Sum over all CPUs, so it may pass faster than the clock. Unit: ms. */
  readonly throttledMs: number;
  /** Periods in which a quota ran out. */
  readonly throttledPeriods: number;
}

/** Reads the throttling of the own CPU control group and those above it; null where there is no quota to tell of.
 *  The groups are looked up once. `root` stands in for `/` in tests.
 *  Source: /proc/self/cgroup, /proc/self/mountinfo, cpu.stat of cgroups v1 (throttled_time, in ns) and v2
 *  (throttled_usec). */
export function createThrottlingReader(root = '/'): () => Throttling | null {
  const files = findCpuStats(root);
  return () => {
    const groups = files.flatMap((file) => parseCpuStat(readKernelFile(file, readSmallFile)) ?? []);
    if (groups.length === 0) return null;
    const sum = (pick: (group: Throttling) => number): number =>
      groups.reduce((total, group) => total + pick(group), 0);
    return {
      throttledMs: sum(({ throttledMs }) => throttledMs),
      throttledPeriods: sum(({ throttledPeriods }) => throttledPeriods),
    };
  };
}

/** Null for the file of a root group, which has no quota. */
export function parseCpuStat(text: string): Throttling | null {
  const values = new Map(
    text.split('\n').map((line): [string, number] => {
      const [name = '', value] = line.split(' ');
      return [name, Number(value)];
    }),
  );
  const nanoseconds = values.get('throttled_time');
  const microseconds = values.get('throttled_usec');
  const throttledMs = microseconds === undefined ? (nanoseconds ?? Number.NaN) / 1e6 : microseconds / 1e3;
  const throttledPeriods = values.get('nr_throttled') ?? Number.NaN;
  return Number.isFinite(throttledMs + throttledPeriods) ? { throttledMs, throttledPeriods } : null;
}

const findCpuStats = (root: string): string[] =>
  findGroupFolders(root, 'cpu').folders.map((folder) => join(folder, 'cpu.stat'));

/** Folders of the own control group for a controller and of those above it, innermost first; none where there is
 *  no such group. `root` stands in for `/` in tests. */
export function findGroupFolders(
  root: string,
  controller: 'cpu' | 'memory',
): { readonly isV2: boolean; readonly folders: readonly string[] } {
  const groups = readKernelFile(join(root, 'proc/self/cgroup')).split('\n').map(parseGroup);
  const mounts = readKernelFile(join(root, 'proc/self/mountinfo')).split('\n').flatMap(parseMount);
  const group =
    groups.find(({ controllers }) => controllers.includes(controller)) ?? groups.find(({ id }) => id === '0');
  const isV2 = group?.id === '0';
  const mount = mounts.find(({ type, options }) =>
    isV2 ? type === 'cgroup2' : type === 'cgroup' && options.includes(controller),
  );
  if (group === undefined || mount === undefined) return { isV2, folders: [] };
  return { isV2, folders: levels(join(root, mount.point), insideOf(mount.root, group.path)) };
}

/** `id:controllers:path`; see cgroups(7). */
function parseGroup(line: string): { id: string; controllers: readonly string[]; path: string } {
  const [id = '', controllers = '', ...path] = line.split(':');
  return { id, controllers: controllers.split(','), path: path.join(':') };
}

interface Mount {
  readonly root: string;
  readonly point: string;
  readonly type: string;
  readonly options: readonly string[];
}

/** `id parent device root point options [optional…] - type source options`; see proc_pid_mountinfo(5). */
function parseMount(line: string): Mount[] {
  const [own = '', other = ''] = line.split(' - ');
  const [, , , root, point] = own.split(' ');
  const [type, , options = ''] = other.split(' ');
  if (root === undefined || point === undefined || type === undefined) return [];
  return [{ root, point, type, options: options.split(',') }];
}

/** In a container, the path may be told as the host sees it: what is mounted is then the own group itself. */
function insideOf(mountRoot: string, path: string): string {
  const inside = relative(mountRoot, path);
  return inside.startsWith('..') ? '' : inside;
}

function levels(mountPoint: string, inside: string): string[] {
  const paths: string[] = [];
  for (let path = inside; paths.length < deepest; path = dirname(path)) {
    paths.push(join(mountPoint, path));
    if (path === '' || path === '.') break;
  }
  return paths;
}

/** Text of a file of the kernel; empty when it is not there. */
export function readKernelFile(path: string, read = (file: string) => readFileSync(file, 'utf8')): string {
  try {
    return read(path);
  } catch {
    return '';
  }
}
