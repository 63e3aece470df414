import type { Call, Targets } from './targets.js';

/** Commands that are answered when somebody else does something, or when their time is over: how long that takes says
 *  nothing about the server. */
const waiting: ReadonlySet<string> = new Set([
  'blpop',
  'brpop',
  'brpoplpush',
  'blmove',
  'blmpop',
  'bzpopmin',
  'bzpopmax',
  'bzmpop',
  'wait',
  'waitaof',
  'monitor',
  'shutdown',
]);
/** Commands that wait only if they are told to. */
const reading: ReadonlySet<string> = new Set(['xread', 'xreadgroup']);

/** Whether the time of a command is none of the server's. Of its arguments only the word BLOCK is looked for. */
export function waitsForOthers(name: string, args: unknown): boolean {
  const lower = name.toLowerCase();
  if (waiting.has(lower)) return true;
  return reading.has(lower) && Array.isArray(args) && args.some(isBlock);
}

const isBlock = (arg: unknown): boolean => typeof arg === 'string' && arg.toLowerCase() === 'block';

/** Where a client leads to: a path when it has no port. */
export interface RedisAddress {
  readonly host: unknown;
  readonly port: unknown;
}

/** `host:port`, which all databases of a server share, since it runs their commands one after the other; `unix:path`
 *  where there is no port. Neither a user nor a password is read. */
export function redisTarget({ host, port }: RedisAddress): string {
  if (port === undefined || port === null) return `unix:${host}`;
  const name = String(host);
  return `${name.includes(':') ? `[${name}]` : name}:${port}`;
}

/** What is read of the options of a client of ioredis. */
export interface IoRedisOptions {
  readonly host?: unknown;
  readonly port?: unknown;
  readonly path?: unknown;
  readonly name?: unknown;
  readonly sentinels?: unknown;
}

/** Where a client of ioredis leads to. The server behind sentinels changes; their group of servers has a name that
 *  stays. */
export function ioredisTarget({ host, port, path, name, sentinels }: IoRedisOptions): string {
  if (sentinels) return `sentinel:${name}`;
  return path
    ? redisTarget({ host: path, port: undefined })
    : redisTarget({ host: host ?? 'localhost', port: port ?? 6379 });
}

/** What is read of a client of node-redis. */
export interface WithOptions {
  readonly options?:
    | { readonly socket?: { readonly host?: unknown; readonly port?: unknown; readonly path?: unknown } }
    | undefined;
}

/** Where a client of node-redis leads to. */
export function nodeRedisTarget({ options }: WithOptions): string {
  const socket = options?.socket;
  return socket?.path === undefined
    ? redisTarget({ host: socket?.host ?? 'localhost', port: socket?.port ?? 6379 })
    : redisTarget({ host: socket.path, port: undefined });
}

const same = (spelling: string): string => spelling;

/** Begins a call to a Redis server. */
export const beginRedisCall = (targets: Targets, target: string): Call => targets.begin(target, same);
