import { createControlGroup } from '../cgroup.js';

const periodUs = 100_000;
const quotaUs = 10_000;

/** A control group that gives its processes a tenth of a CPU. */
export interface Quota {
  /** How it was made: the version of cgroups and the share. */
  readonly what: string;
  /** What comes before a command so that its process lives in the group. */
  readonly before: readonly string[];
  /** Call it when its processes are gone. */
  remove(): void;
}

/** Makes the group; a text instead says why this machine does not allow it.
 *  Source: cpu.max of cgroup v2, cpu.cfs_quota_us of v1. */
export function createQuota(): Quota | string {
  const group = createControlGroup({
    controller: 'cpu',
    v1: { 'cpu.cfs_period_us': String(periodUs), 'cpu.cfs_quota_us': String(quotaUs) },
    v2: { 'cpu.max': `${quotaUs} ${periodUs}` },
  });
  if (typeof group === 'string') return group;
  const what = `cgroup ${group.version}, ${quotaUs / 1_000} ms of CPU in ${periodUs / 1_000} ms`;
  return { what, before: group.before, remove: group.remove };
}
