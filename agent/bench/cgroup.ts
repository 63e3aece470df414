import { existsSync, mkdirSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { atExit } from './at-exit.js';

const root = '/sys/fs/cgroup';
let groups = 0;

/** Which controller a group is for, and the files that are written to set it up, in order. */
export interface GroupSettings {
  readonly controller: 'cpu' | 'memory';
  readonly v1: Readonly<Record<string, string>>;
  readonly v2: Readonly<Record<string, string>>;
}

/** A control group for processes that a benchmark starts. */
export interface ControlGroup {
  readonly version: 'v1' | 'v2';
  /** What comes before a command so that its process lives in the group from its first moment, as in a container. */
  readonly before: readonly string[];
  /** Call it when its processes are gone. */
  remove(): void;
}

/** Makes the group; a text instead says why this machine does not allow it. */
export function createControlGroup({ controller, v1, v2 }: GroupSettings): ControlGroup | string {
  const isV2 = existsSync(join(root, 'cgroup.controllers'));
  groups += 1;
  const directory = join(isV2 ? root : join(root, controller), `faultline-bench-${process.pid}-${groups}`);
  try {
    mkdirSync(directory);
  } catch (error) {
    return `no cgroup can be made here: ${messageOf(error)}`;
  }
  try {
    for (const [file, value] of Object.entries(isV2 ? v2 : v1)) writeFileSync(join(directory, file), value);
  } catch (error) {
    rmdirSync(directory);
    return `the cgroup takes no limit of ${controller}: ${messageOf(error)}`;
  }
  const forget = atExit(() => rmdirSync(directory));
  return {
    version: isV2 ? 'v2' : 'v1',
    before: ['sh', '-c', 'echo $$ > "$0" && exec "$@"', join(directory, 'cgroup.procs')],
    remove() {
      forget();
      rmdirSync(directory);
    },
  };
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
