import { monotonicMs } from '../../../protocol/clock.js';
import { listen } from '../../dependencies/channels.js';
import type { PoolAsk, PoolRecorder } from '../adapter.js';
import { mysqlTarget } from '../busy.js';

/** One call of getConnection(), as the tracing channel `mysql2:pool:connect` tells of it. */
export interface Trace {
  readonly database?: unknown;
  readonly serverAddress?: unknown;
  readonly serverPort?: unknown;
  readonly result?: unknown;
  readonly error?: unknown;
}

export const connectChannel = 'tracing:mysql2:pool:connect';

/** A pool that is told of those who ask it. */
export interface AskedPool {
  readonly pool: object;
  readonly target: string;
  readonly recorder: PoolRecorder;
  /** A connection was given, so many seconds after it was asked for. */
  onGiven(connection: object, seconds: number): void;
}

interface Asked {
  readonly startedMs: number;
  readonly by: AskedPool | null;
  readonly ask: PoolAsk | null;
}

const pools = new Map<object, AskedPool>();
const byTarget = new Map<string, Set<AskedPool>>();
const asked = new WeakMap<Trace, Asked>();
let endListening: (() => void) | null = null;

/** Tells a pool of those who ask it. However many pools there are, the channel has one listener. Returns what ends it. */
export function followAsks(followed: AskedPool): () => void {
  pools.set(followed.pool, followed);
  byTarget.set(followed.target, (byTarget.get(followed.target) ?? new Set()).add(followed));
  endListening ??= listen<Trace>({
    [`${connectChannel}:start`]: onStart,
    [`${connectChannel}:asyncStart`]: onAnswer,
  });
  return () => {
    pools.delete(followed.pool);
    const same = byTarget.get(followed.target);
    same?.delete(followed);
    if (same?.size === 0) byTarget.delete(followed.target);
    if (pools.size > 0) return;
    endListening?.();
    endListening = null;
  };
}

/** The channel names the server and not the pool: of several pools for one database, which of them is asked shows only in
 *  the connection that it gives. Who asked is then not known. */
function onStart(trace: Trace): void {
  const same = byTarget.get(targetOf(trace));
  if (same === undefined) return;
  const [by = null] = same.size === 1 ? same : [];
  asked.set(trace, { startedMs: monotonicMs(), by, ask: by?.recorder.ask(onStart) ?? null });
}

function onAnswer(trace: Trace): void {
  const call = asked.get(trace);
  if (call === undefined) return;
  asked.delete(trace);
  if (trace.error) {
    call.ask?.failed(
      (trace.error as { readonly code?: unknown }).code === 'ETIMEDOUT' ? 'timeout' : undefined,
    );
    return;
  }
  const connection = trace.result as { readonly _pool?: object };
  const followed = pools.get(connection._pool ?? connection);
  if (followed === undefined) return;
  const seconds = (monotonicMs() - call.startedMs) / 1_000;
  if (followed === call.by) call.ask?.given(connection);
  else {
    followed.recorder.waited(seconds);
    followed.recorder.taken(connection);
  }
  followed.onGiven(connection, seconds);
}

const targetOf = ({ serverAddress, serverPort, database }: Trace): string =>
  serverPort === undefined
    ? (mysqlTarget({ socketPath: serverAddress, database }) ?? '')
    : (mysqlTarget({ host: serverAddress, port: serverPort, database }) ?? '');
