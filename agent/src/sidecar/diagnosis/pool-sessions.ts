import type {
  DatabaseAnswer,
  DatabaseSession,
  DatabaseView,
  SessionBlocker,
  SessionGroup,
} from '../../protocol/database-sessions.js';

const groupsMost = 8;
const blockersMost = 5;

/** Puts what a server has answered into groups, and finds who holds the locks at the end of each queue. */
export function viewSessions({ askedAt, asked, error, sessions, others }: DatabaseAnswer): DatabaseView {
  return {
    askedAt,
    asked,
    error,
    known: sessions.length,
    waitingForLock: sessions.filter(waitsForLock).length,
    groups: group(sessions).slice(0, groupsMost),
    blockers: findBlockers(sessions, others).slice(0, blockersMost),
  };
}

const waitsForLock = ({ waitEventType }: DatabaseSession): boolean => waitEventType === 'Lock';

function group(sessions: readonly DatabaseSession[]): SessionGroup[] {
  const groups = new Map<string, SessionGroup>();
  for (const { state, waitEventType, waitEvent, stateMs } of sessions) {
    const key = `${state}/${waitEventType}/${waitEvent}`;
    const { count = 0, oldestMs = null } = groups.get(key) ?? {};
    const oldest = stateMs === null ? oldestMs : Math.max(oldestMs ?? 0, stateMs);
    groups.set(key, { state, waitEventType, waitEvent, count: count + 1, oldestMs: oldest });
  }
  return [...groups.values()].sort((a, b) => b.count - a.count);
}

/** Whoever waits for a lock is blocked by its holder and by all who stand before it in the queue, which are mostly as
 *  innocent. Only those at the end, who wait for no lock themselves, are to blame. */
function findBlockers(
  sessions: readonly DatabaseSession[],
  others: readonly DatabaseSession[],
): SessionBlocker[] {
  const byPid = new Map([...others, ...sessions].map((session) => [session.pid, session]));
  const ours = new Set(sessions.map(({ pid }) => pid));
  const blocked = new Map<number, number>();
  for (const session of sessions.filter(waitsForLock)) {
    for (const pid of rootsOf(session, byPid)) blocked.set(pid, (blocked.get(pid) ?? 0) + 1);
  }
  return [...blocked]
    .map(([pid, blocks]) => {
      const { state, backendType, stateMs, transactionMs } = byPid.get(pid) ?? unseen;
      return { pid, state, backendType, stateMs, transactionMs, blocks, isOfPool: ours.has(pid) };
    })
    .sort((a, b) => b.blocks - a.blocks);
}

const unseen = { state: null, backendType: null, stateMs: null, transactionMs: null } as const;

function rootsOf(waiter: DatabaseSession, byPid: ReadonlyMap<number, DatabaseSession>): Set<number> {
  const roots = new Set<number>();
  const seen = new Set<number>();
  const queue = [...waiter.blockedBy];
  for (let pid = queue.pop(); pid !== undefined; pid = queue.pop()) {
    if (seen.has(pid)) continue;
    seen.add(pid);
    const next = byPid.get(pid)?.blockedBy ?? [];
    if (next.length === 0) roots.add(pid);
    queue.push(...next);
  }
  return roots;
}
