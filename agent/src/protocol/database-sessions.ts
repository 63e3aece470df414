/** A session of a PostgreSQL server, as `pg_stat_activity` shows it: never what it runs. Null is what the server does not
 *  show, to this user or at all. */
export interface DatabaseSession {
  /** 0 stands for a prepared transaction, which has no process. */
  readonly pid: number;
  /** Such as `active`, `idle` or `idle in transaction`. */
  readonly state: string | null;
  /** What it waits for: `Lock`, `IO`, `Client`. */
  readonly waitEventType: string | null;
  readonly waitEvent: string | null;
  /** Such as `client backend` or `autovacuum worker`. */
  readonly backendType: string | null;
  /** Since its state changed. Unit: ms. */
  readonly stateMs: number | null;
  /** Since its transaction began; null outside of one. Unit: ms. */
  readonly transactionMs: number | null;
  /** Processes that hold the lock it waits for, or stand before it in the queue. Empty when it waits for none. */
  readonly blockedBy: readonly number[];
}

/** What a server has answered about the connections of one pool. */
export interface DatabaseAnswer {
  /** ISO 8601 in UTC. */
  readonly askedAt: string;
  /** Connections that were out and asked about. */
  readonly asked: number;
  /** Those that the server knows. */
  readonly sessions: readonly DatabaseSession[];
  /** Sessions of others that stand in their way. */
  readonly others: readonly DatabaseSession[];
  /** Why it could not be asked; null when it was. Never holds a password. */
  readonly error: string | null;
}

/** Connections of a pool that are in the same state. */
export interface SessionGroup extends Pick<DatabaseSession, 'state' | 'waitEventType' | 'waitEvent'> {
  readonly count: number;
  /** Longest time in that state; null when it is not known. Unit: ms. */
  readonly oldestMs: number | null;
}

/** A session that holds what connections of a pool wait for, and waits for no lock itself. */
export interface SessionBlocker
  extends Pick<DatabaseSession, 'pid' | 'state' | 'backendType' | 'stateMs' | 'transactionMs'> {
  /** Connections of the pool that wait for it, directly or behind others. */
  readonly blocks: number;
  /** Whether it is a connection of the same pool. */
  readonly isOfPool: boolean;
}

/** What a verdict tells of the server's side of a pool. */
export interface DatabaseView extends Pick<DatabaseAnswer, 'askedAt' | 'asked' | 'error'> {
  /** Largest first; the first few of them. */
  readonly groups: readonly SessionGroup[];
  /** Connections that wait for a lock. */
  readonly waitingForLock: number;
  /** Connections that the server knows. */
  readonly known: number;
  /** Who blocks the most first; the first few of them. */
  readonly blockers: readonly SessionBlocker[];
}
