import { existsSync, mkdirSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { atExit } from '../at-exit.js';

const root = '/sys/fs/cgroup';
const periodUs = 100_000;
const quotaUs = 10_000;

/** A cgroup that gives its processes a tenth of a CPU. */
export interface Quota {
  /** How it was made: the version of cgroups and the share. */
  readonly what: string;
  /** What comes before a command so that its process lives in the group from its first moment, as in a container. */
  readonly before: readonly string[];
  /** Call it when its processes are gone. */
  remove(): void;
}

/** Makes the group; a text instead says why this machine does not allow it.
 *  Source: cpu.max of cgroup v2, cpu.cfs_quota_us of v1. */
export function createQuota(): Quota | string {
  const isV2 = existsSync(join(root, 'cgroup.controllers'));
  const parent = isV2 ? root : join(root, 'cpu');
  const directory = join(parent, `faultline-bench-${process.pid}`);
  try {
    mkdirSync(directory);
  } catch (error) {
    return `no cgroup can be made here: ${messageOf(error)}`;
  }
  try {
    if (isV2) writeFileSync(join(directory, 'cpu.max'), `${quotaUs} ${periodUs}`);
    else {
      writeFileSync(join(directory, 'cpu.cfs_period_us'), String(periodUs));
      writeFileSync(join(directory, 'cpu.cfs_quota_us'), String(quotaUs));
    }
  } catch (error) {
    rmdirSync(directory);
    return `the cgroup takes no CPU quota: ${messageOf(error)}`;
  }
  const forget = atExit(() => rmdirSync(directory));
  return {
    what: `cgroup ${isV2 ? 'v2' : 'v1'}, ${quotaUs / 1_000} ms of CPU in ${periodUs / 1_000} ms`,
    before: ['sh', '-c', 'echo $$ > "$0" && exec "$@"', join(directory, 'cgroup.procs')],
    remove() {
      forget();
      rmdirSync(directory);
    },
  };
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
