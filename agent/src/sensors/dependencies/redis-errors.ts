import type { DependencyError } from '../../protocol/dependency.js';
import { classifyError } from './errors.js';
import type { Call } from './targets.js';

/** Codes of answers by which a server says that it cannot do its work now, whatever it was asked. Source: the error
 *  replies of Redis 7; the first word of the message is the code. */
const unable: ReadonlySet<string> = new Set([
  'LOADING',
  'BUSY',
  'MASTERDOWN',
  'CLUSTERDOWN',
  'OOM',
  'MISCONF',
  'NOREPLICAS',
  'READONLY',
]);
const replyClasses: ReadonlySet<string> = new Set(['ReplyError', 'ErrorReply']);
/** Errors of node-redis, which have no name of their own: that of their class tells them apart. */
const classOfName: Readonly<Record<string, DependencyError | null>> = {
  ConnectionTimeoutError: 'timeout',
  SocketTimeoutError: 'timeout',
  SocketTimeoutDuringMaintenanceError: 'timeout',
  CommandTimeoutDuringMaintenanceError: 'timeout',
  TimeoutError: 'timeout',
  SocketClosedUnexpectedlyError: 'reset',
  // The service itself has given up or closed the client, or somebody else was faster with a watched key.
  AbortError: null,
  DisconnectsClientError: null,
  WatchError: null,
};
/** Errors of the clients that speak of a connection that is not there. */
const offline = /^Connection is closed\.|The client is (closed|offline)|enableOfflineQueue/;
/** ioredis says so only of connections that the service has not closed. */
const broken = /max retries per request|^Command aborted due to connection close/;

type Verdict = DependencyError | 'answer' | null;

/** What an error of a Redis client says about the server. `whyOffline` is told where the error says only that there is
 *  no connection: how the last attempt failed, or null when the service has closed it. */
function classifyRedisError(error: unknown, whyOffline: DependencyError | null): Verdict {
  const message = String((error as { readonly message?: unknown } | null)?.message);
  if (isReply(error)) return classifyReply(message);
  if (offline.test(message)) return whyOffline;
  if (broken.test(message)) return whyOffline ?? 'reset';
  const kind = classifyError(error);
  if (kind !== 'other') return kind;
  const name = classNames(error).find((each) => each in classOfName);
  if (name !== undefined) return classOfName[name]!;
  return /time(d )?out/i.test(message) ? 'timeout' : 'other';
}

/** Most errors that a server sends, such as one for a key of another type, are answers. */
function classifyReply(message: string): Verdict {
  if (message.startsWith('ERR max number of clients reached')) return 'refused';
  return unable.has(/^[A-Z]+/.exec(message)?.[0] ?? '') ? '5xx' : 'answer';
}

const isReply = (error: unknown): boolean => classNames(error).some((name) => replyClasses.has(name));

/** Names of the classes of a value: those of the clients' errors lie at most four deep. */
function classNames(value: unknown): string[] {
  const names: string[] = [];
  let prototype: unknown = typeof value === 'object' && value !== null ? Object.getPrototypeOf(value) : null;
  for (let depth = 0; depth < 4 && typeof prototype === 'object' && prototype !== null; depth += 1) {
    const name = (Object.getOwnPropertyDescriptor(prototype, 'constructor')?.value as { name?: unknown })
      ?.name;
    if (typeof name === 'string') names.push(name);
    prototype = Object.getPrototypeOf(prototype);
  }
  return names;
}

/** Ends a call with what its client was told. */
export function failRedisCall(call: Call, error: unknown, whyOffline: DependencyError | null): void {
  const kind = classifyRedisError(error, whyOffline);
  if (kind === 'answer') call.answered(200);
  else if (kind === '5xx') call.answered(500);
  else call.failed(kind);
}

/** The class of a failed attempt to connect; null when the service has given it up. */
export function classifyRedisConnect(error: unknown): DependencyError | null {
  const kind = classifyRedisError(error, null);
  return kind === 'answer' ? 'other' : kind;
}
