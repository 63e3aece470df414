import type { DatabaseAnswer } from '../../protocol/database-sessions.js';
import type { PoolReading } from '../../protocol/pool.js';
import { isSameTarget, targetOfConnectionString } from './connection-string.js';

/** A server is asked again after so long at the earliest. Unit: ms. */
const pauseMs = 5_000;
/** What it has said is told for so long. Unit: ms. */
const freshMs = 15_000;

/** Asks the server behind a pool what its connections do there. */
export interface DatabaseAsker {
  /** What is known by now; null when nothing is, when the pool leads elsewhere, or none of its connections tells its
   *  process. To be called while the pool is exhausted: that is when the next question is asked, one at a time. */
  look(pool: PoolReading): DatabaseAnswer | null;
  /** The pool has connections again, or is gone. */
  forget(pool: string): void;
  /** Gives up the question that is being asked. */
  close(): void;
}

export interface DatabaseAskerOptions {
  /** Connection string that the user has named. */
  readonly url: string;
  /** Asks once; rejects when it cannot be done. */
  readonly ask: (
    pids: readonly number[],
    signal: AbortSignal,
  ) => Promise<Pick<DatabaseAnswer, 'sessions' | 'others'>>;
  /** On monotonicMs(). */
  readonly now: () => number;
}

export function createDatabaseAsker({ url, ask, now }: DatabaseAskerOptions): DatabaseAsker {
  const target = targetOfConnectionString(url);
  const answers = new Map<string, { readonly atMs: number; readonly answer: DatabaseAnswer }>();
  // Pools that wait to be asked about, each in its turn.
  const queue = new Set<string>();
  const closing = new AbortController();
  let isAsking = false;
  let nextMs = Number.NEGATIVE_INFINITY;

  const begin = async (name: string, pids: readonly number[]): Promise<void> => {
    isAsking = true;
    const asked = { askedAt: new Date().toISOString(), asked: pids.length };
    const nothing = { sessions: [], others: [] };
    const answer = await ask(pids, closing.signal).then(
      (told) => ({ ...asked, ...told, error: whatIsMissing(told.sessions) }),
      (error: unknown) => ({ ...asked, ...nothing, error: describe(error) }),
    );
    answers.set(name, { atMs: now(), answer });
    isAsking = false;
    // After the answer: a server that takes long to answer is asked less often.
    nextMs = now() + pauseMs;
  };

  return {
    look(pool) {
      if (!isSameTarget(pool.target, target)) return null;
      const pids = pool.held.flatMap(({ backendPid }) => (backendPid === undefined ? [] : [backendPid]));
      if (pids.length > 0) queue.add(pool.name);
      else queue.delete(pool.name);
      const [first] = queue;
      if (first === pool.name && !isAsking && now() >= nextMs && !closing.signal.aborted) {
        queue.delete(pool.name);
        void begin(pool.name, pids);
      }
      const newest = answers.get(pool.name);
      return newest === undefined || now() - newest.atMs > freshMs ? null : newest.answer;
    },
    forget(pool) {
      answers.delete(pool);
      queue.delete(pool);
    },
    close: () => closing.abort(),
  };
}

/** A server may answer and show nothing. */
function whatIsMissing(sessions: DatabaseAnswer['sessions']): string | null {
  if (sessions.length === 0)
    return 'it knows none of these connections: a pooler stands in front of it, or they are gone';
  if (sessions.every(({ state, waitEventType }) => state === null && waitEventType === null))
    return 'the user may not see these sessions: it needs the role pg_read_all_stats, or theirs';
  return null;
}

/** Messages of pg and of the server name users and hosts, and never hold a password. */
function describe(error: unknown): string {
  if (!(error instanceof Error)) return 'it failed';
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  const message = error.message.slice(0, 200);
  if (message === '') return code || error.name;
  return code === '' || message.includes(code) ? message : `${message} (${code})`;
}
