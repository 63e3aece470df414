import { existsSync, mkdirSync, readdirSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Failure } from '../failure.js';

const root = '/sys/fs/cgroup';

/** A control group that bounds the memory of one process of the demo, as a container would. */
export interface MemoryGroup {
  /** What comes before the command of that process, so that it lives in the group from its first moment. */
  readonly before: readonly string[];
  /** Call it when the process is gone. Harmless when called twice. */
  remove(): void;
}

/** Linux, v1 and v2. Throws a Failure that says why this machine does not allow it. */
export function createMemoryGroup(megabytes: number, base = root): MemoryGroup {
  const isV2 = existsSync(join(base, 'cgroup.controllers'));
  const directory = join(isV2 ? base : join(base, 'memory'), `faultline-demo-${process.pid}`);
  const limitFile = isV2 ? 'memory.max' : 'memory.limit_in_bytes';
  try {
    sweep(join(directory, '..'));
    mkdirSync(directory);
    writeFileSync(join(directory, limitFile), String(megabytes * 1_048_576));
  } catch (error) {
    remove(directory);
    throw new Failure(
      'ERR_DEMO_CONTAINER',
      `--container-mb wants a memory control group, and none can be made here: ${(error as Error).message}. Run it as root where ${base} can be written to, or leave it out.`,
    );
  }
  return {
    before: ['sh', '-c', 'echo $$ > "$0" && exec "$@"', join(directory, 'cgroup.procs')],
    remove: () => remove(directory),
  };
}

/** What demos that were killed have left; the group of one that runs has a process in it and stays. */
function sweep(parent: string): void {
  for (const name of readdirSync(parent)) if (isLeft(name)) remove(join(parent, name));
}

function isLeft(name: string): boolean {
  const pid = /^faultline-demo-(\d+)$/.exec(name)?.[1];
  return pid !== undefined && !existsSync(`/proc/${pid}`);
}

function remove(directory: string): void {
  try {
    rmdirSync(directory);
  } catch {
    // It was not made, or is gone already.
  }
}
