import { Socket } from 'node:net';
import type { DatabaseAnswer, DatabaseSession } from '../../protocol/database-sessions.js';
import { plainConnectionString } from './connection-string.js';
import type { PgClient, PgClientClass } from './load-client.js';

/** What one question may take. Unit: ms. */
export interface AskLimits {
  readonly connectMs: number;
  readonly statementMs: number;
  /** From the first packet to the last. */
  readonly wholeMs: number;
}

export const askLimits: AskLimits = { connectMs: 2_000, statementMs: 1_000, wholeMs: 4_000 };

/** How far a queue of locks is followed: whoever waits, who blocks them, and who blocks those. */
const roundsMost = 3;
/** Sessions of others that are looked at in each round: the server stops its lock table for each. */
const othersMost = 20;

/** Never the text of a query: it may hold what nobody should read. */
const statement = `
select pid, state, wait_event_type as "waitEventType", wait_event as "waitEvent", backend_type as "backendType",
  (extract(epoch from clock_timestamp() - state_change) * 1000)::float8 as "stateMs",
  (extract(epoch from clock_timestamp() - xact_start) * 1000)::float8 as "transactionMs",
  case when wait_event_type = 'Lock' then pg_blocking_pids(pid) else '{}'::int[] end as "blockedBy"
from pg_catalog.pg_stat_activity where pid = any($1::int[])`;

/** Asks about these processes of the server through a connection of its own, which is closed when the promise is
 *  fulfilled. Rejects when the server cannot be asked within the limits, or the signal is aborted. */
export async function askSessions(
  Client: PgClientClass,
  connectionString: string,
  pids: readonly number[],
  signal: AbortSignal,
  limits: AskLimits = askLimits,
): Promise<Pick<DatabaseAnswer, 'sessions' | 'others'>> {
  const socket = new Socket();
  const client = new Client({
    connectionString: plainConnectionString(connectionString),
    // A socket of ours can be closed whatever state the client is in.
    stream: () => socket,
    application_name: 'faultline',
    options: '-c default_transaction_read_only=on',
    connectionTimeoutMillis: limits.connectMs,
    statement_timeout: limits.statementMs,
    query_timeout: limits.statementMs,
  });
  client.on('error', () => {});
  const cut = cutOff(socket, limits.wholeMs, signal);
  try {
    return await Promise.race([ask(client, pids), cut.promise]);
  } finally {
    cut.forget();
    // The server hears of it; whether it answers is its affair.
    client.end().catch(() => {});
    setTimeout(() => socket.destroy(), 100).unref();
    if (signal.aborted) socket.destroy();
  }
}

async function ask(client: PgClient, pids: readonly number[]) {
  await client.connect();
  const read = async (wanted: readonly number[]): Promise<DatabaseSession[]> =>
    (await client.query(statement, [wanted])).rows.map(toSession);
  const sessions = await read(pids);
  const others: DatabaseSession[] = [];
  const known = new Set([0, ...pids]);
  let newest = sessions;
  for (let round = 1; round < roundsMost; round += 1) {
    const wanted = [...new Set(newest.flatMap(({ blockedBy }) => blockedBy))]
      .filter((pid) => !known.has(pid))
      .slice(0, othersMost);
    if (wanted.length === 0) break;
    for (const pid of wanted) known.add(pid);
    newest = await read(wanted);
    others.push(...newest);
  }
  return { sessions, others };
}

function toSession(row: unknown): DatabaseSession {
  const { pid, stateMs, transactionMs, blockedBy, ...texts } = row as Record<string, unknown>;
  const { state, waitEventType, waitEvent, backendType } = texts;
  return {
    pid: Number(pid),
    state: text(state),
    waitEventType: text(waitEventType),
    waitEvent: text(waitEvent),
    backendType: text(backendType),
    stateMs: wholeMs(stateMs),
    transactionMs: wholeMs(transactionMs),
    blockedBy: Array.isArray(blockedBy) ? [...new Set(blockedBy.map(Number))] : [],
  };
}

const text = (value: unknown): string | null => (typeof value === 'string' ? value : null);
const wholeMs = (value: unknown): number | null =>
  typeof value === 'number' ? Math.max(0, Math.round(value)) : null;

function cutOff(socket: Socket, limitMs: number, signal: AbortSignal) {
  let reject: (error: Error) => void = () => {};
  const promise = new Promise<never>((_resolve, refuse) => {
    reject = refuse;
  });
  promise.catch(() => {});
  const cut = (why: string) => () => {
    reject(new Error(why));
    socket.destroy();
  };
  const onAbort = cut('the agent is being closed');
  const timer = setTimeout(cut(`no answer within ${limitMs} ms`), limitMs);
  signal.addEventListener('abort', onAbort, { once: true });
  return {
    promise,
    forget() {
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
    },
  };
}
