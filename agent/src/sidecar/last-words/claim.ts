import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { LastWords, ProcessIdentity } from '../../protocol/last-words.js';
import { judgePresence, type ProcessTable } from './identity.js';
import { isOtherFormat, parseLastWords, recordBytes } from './record.js';
import { lastWordsFolder } from './record-file.js';

/** What may lie in the folder, over all services that share the directory. */
const recordsKept = 200;
/** Unit: ms. */
const keptMs = 7 * 24 * 60 * 60 * 1_000;
/** A record of a process that cannot be reached is written every few seconds while there is something to tell: one that
 *  was not for so long belongs to a process that is gone. Unit: ms. */
export const silentMs = 30_000;

/** What was found of former processes. */
export interface Claim {
  /** Records that are told now, by this process and nobody else, the newest first. Their files are gone. */
  readonly ended: readonly LastWords[];
  /** Records of the service that may have to be told later, when their processes have been silent for long enough. */
  readonly undecided: number;
  /** Files that were no records; they are gone. */
  readonly unreadable: number;
}

export interface ClaimOptions {
  /** FAULTLINE_DIR. */
  readonly directory: string;
  readonly service: string;
  readonly own: ProcessIdentity;
  readonly table: ProcessTable;
  /** Whether a process in this state renews its record every few seconds. */
  readonly isRenewed: (words: LastWords) => boolean;
  /** Unit: ms since the epoch. */
  readonly now: number;
}

/** Takes the records of processes of one service that are gone. Several processes may look at the same time: a record
 *  belongs to the one that could rename it. Never throws. */
export function claimFormer(options: ClaimOptions): Claim {
  const folder = lastWordsFolder(options.directory);
  const ended: LastWords[] = [];
  let undecided = 0;
  let unreadable = 0;
  for (const file of list(folder, options.now)) {
    const words = read(file.path);
    if (words === 'other-format') continue;
    const fate = words === null ? judgeUnreadable(file, options) : judge(words, file, options);
    if (fate === 'later') undecided += 1;
    if (fate !== 'take' || !take(file.path)) continue;
    if (words === null) unreadable += 1;
    else ended.push(words);
  }
  ended.sort((a, b) => b.lastSeenAt.localeCompare(a.lastSeenAt));
  return { ended, undecided, unreadable };
}

type Fate = 'take' | 'later' | 'leave';

function judge(
  words: LastWords,
  file: RecordFile,
  { service, own, table, isRenewed, now }: ClaimOptions,
): Fate {
  if (words.service !== service) return 'leave';
  const presence = judgePresence(words.process, own, table);
  if (presence !== 'unreachable') return presence === 'gone' ? 'take' : 'leave';
  // A healthy process writes nothing after its start, so silence says nothing of it.
  if (!isRenewed(words)) return 'leave';
  return now - file.modifiedMs >= silentMs ? 'take' : 'later';
}

/** Nobody knows whose it is: only its name tells, and that the process of this name lives may be chance. */
function judgeUnreadable({ pid, modifiedMs }: RecordFile, { own, table, now }: ClaimOptions): Fate {
  const isOld = now - modifiedMs >= silentMs;
  return isOld || pid === own.pid || !table.isAlive(pid) ? 'take' : 'leave';
}

interface RecordFile {
  readonly path: string;
  readonly pid: number;
  readonly modifiedMs: number;
}

/** Records by age, the newest first; what is too old or too much is removed, and so is what was left unfinished. */
function list(folder: string, now: number): RecordFile[] {
  const files = names(folder)
    .flatMap((name) => describe(join(folder, name), name))
    .sort((a, b) => b.modifiedMs - a.modifiedMs);
  const kept = files.filter(
    // A thread that is terminated may leave a record unfinished.
    ({ modifiedMs, pid }, index) =>
      index < recordsKept && now - modifiedMs < (Number.isFinite(pid) ? keptMs : silentMs),
  );
  for (const { path } of files.filter((file) => !kept.includes(file))) remove(path);
  return kept.filter(({ pid }) => Number.isFinite(pid));
}

function names(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function describe(path: string, name: string): RecordFile[] {
  try {
    const pid = Number(/^(\d+)-\d+(?:-\d+)?\.json$/.exec(name)?.[1] ?? Number.NaN);
    return [{ path, pid, modifiedMs: statSync(path).mtimeMs }];
  } catch {
    // Somebody else has taken it.
    return [];
  }
}

function read(path: string): LastWords | 'other-format' | null {
  try {
    if (statSync(path).size > recordBytes) return null;
    const text = readFileSync(path, 'utf8');
    return isOtherFormat(text) ? 'other-format' : parseLastWords(text);
  } catch {
    return null;
  }
}

/** Whether this process is the one that tells. */
function take(path: string): boolean {
  const taken = `${path}.${randomBytes(4).toString('hex')}.taken`;
  try {
    renameSync(path, taken);
  } catch {
    return false;
  }
  remove(taken);
  return true;
}

function remove(path: string): void {
  try {
    rmSync(path, { force: true, recursive: true });
  } catch {
    // It is looked at again at the next start.
  }
}
