import { readFileSync } from 'node:fs';
import { chmod, chown, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import type { RunAs } from './user.js';

const prefix = 'faultline-demo-pg-';
const ownerSchema = z.object({ pid: z.int(), started: z.string().nullable(), host: z.string() });
/** A directory without an owner's note is somebody's that is just being made, unless it is older than this. */
const unownedLimitMs = 60_000;

/** A directory of our own below the system's temporary one, with an empty `data` that only PostgreSQL may enter. */
export async function createDirectory(user: RunAs | null): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), prefix));
  await writeFile(join(directory, 'owner.json'), JSON.stringify(identityOf(process.pid)));
  const data = join(directory, 'data');
  await mkdir(data, { mode: 0o700 });
  if (user !== null) {
    // The other user must be able to walk through, and no more.
    await chmod(directory, 0o711);
    await chown(data, user.uid, user.gid);
  }
  return directory;
}

/** Removes what a killed process has left behind: its server first, then the directory. Returns how many went. */
export async function sweepDirectories(): Promise<number> {
  const names = (await readdir(tmpdir())).filter((name) => name.startsWith(prefix));
  let removed = 0;
  for (const name of names) {
    const directory = join(tmpdir(), name);
    if (await hasOwner(directory)) continue;
    await stopLeftServer(join(directory, 'data'));
    await rm(directory, { recursive: true, force: true, maxRetries: 5 }).then(
      () => (removed += 1),
      // Directories of other users are theirs to remove.
      () => {},
    );
  }
  return removed;
}

async function hasOwner(directory: string): Promise<boolean> {
  try {
    const owner: unknown = JSON.parse(await readFile(join(directory, 'owner.json'), 'utf8'));
    const { pid, started, host } = ownerSchema.parse(owner);
    // Containers may share the directory but not their processes: what another one has made is its own affair.
    if (host !== hostname()) return true;
    return isAlive(pid) && identityOf(pid).started === started;
  } catch {
    const age = await stat(directory).then(
      ({ mtimeMs }) => Date.now() - mtimeMs,
      () => 0,
    );
    return age < unownedLimitMs;
  }
}

async function stopLeftServer(data: string): Promise<void> {
  const text = await readFile(join(data, 'postmaster.pid'), 'utf8').catch(() => '');
  const pid = Number.parseInt(text, 10);
  // The number may belong to a stranger by now: only a process that was started for this directory is ended.
  if (!Number.isInteger(pid) || !commandLine(pid).includes(data)) return;
  for (const signal of ['SIGQUIT', 'SIGKILL'] as const) {
    try {
      process.kill(pid, signal);
    } catch {
      return;
    }
    for (let waitedMs = 0; waitedMs < 2_000 && isAlive(pid); waitedMs += 50) await delay(50);
    if (!isAlive(pid)) return;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

/** A pid alone is used again one day; with its start time it is unique. That is null where there is no /proc. */
function identityOf(pid: number): z.infer<typeof ownerSchema> {
  // The name in the second field may hold spaces, so counting starts behind its bracket.
  const fields = readProc(pid, 'stat').split(') ').at(-1)?.split(' ') ?? [];
  return { pid, started: fields[19] ?? null, host: hostname() };
}

const commandLine = (pid: number): string => readProc(pid, 'cmdline');

function readProc(pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return '';
  }
}
