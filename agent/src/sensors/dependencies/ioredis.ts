import { monotonicMs } from '../../protocol/clock.js';
import type { DependencyError } from '../../protocol/dependency.js';
import { type ModuleWatch, watchModuleClass } from '../module-cache.js';
import { guarded } from '../pools/guarded.js';
import { wrapOwnMethod } from '../pools/wrap-method.js';
import { beginRedisCall, type IoRedisOptions, ioredisTarget, waitsForOthers } from './redis-commands.js';
import { classifyRedisConnect, failRedisCall } from './redis-errors.js';
import type { Call, Targets } from './targets.js';

/** Set on a command, so that it is known when it is sent again. */
const callKey = Symbol('faultline.dependencyCall');

/** What is read from a command of ioredis: it has no key and no value of it. */
interface Command {
  readonly name: string;
  readonly args: unknown;
  readonly inTransaction?: boolean;
  resolve: (value: unknown) => void;
  reject: (error: unknown) => void;
  [callKey]?: Call | undefined;
}

/** What is read from a client of ioredis 4 and later, the nodes of a cluster included. */
interface IoRedis {
  readonly status: string;
  readonly options: IoRedisOptions & { readonly connectTimeout?: unknown; readonly retryStrategy?: unknown };
  readonly offlineQueue: { readonly length: number };
  readonly connector?: { readonly firstError?: unknown };
}
interface IoRedisModule {
  readonly default: { readonly prototype: object };
}

/** Follows the commands of ioredis by its class, which stands in the module cache once it is loaded. It has a tracing
 *  channel from 5.11 on, which is left alone: whoever listens to it hides rejections that nobody handles. The promise that
 *  the caller gets is the one that it would get without the agent. */
export const watchIoredis = (targets: Targets): ModuleWatch =>
  watchModuleClass(/[\\/]ioredis[\\/]built[\\/](redis[\\/]index|Redis)\.js$/, isModule, (found) =>
    wrapClass(found.default.prototype, targets),
  );

function isModule(exported: unknown): exported is IoRedisModule {
  const prototype = (exported as Partial<IoRedisModule> | null)?.default?.prototype as
    | Partial<Record<'sendCommand' | 'connect', unknown>>
    | undefined;
  return typeof prototype?.sendCommand === 'function' && typeof prototype.connect === 'function';
}

function wrapClass(prototype: object, targets: Targets): () => void {
  /** How the newest attempt of a client to connect has failed, until one succeeds. */
  const lastFailures = new WeakMap<object, DependencyError>();
  const follow = createFollower(targets, lastFailures);
  const connect = createConnectWatch(targets, lastFailures);
  const ends = [
    wrapOwnMethod(prototype, 'sendCommand', (call, [command], _top, redis) => {
      const done = guarded(() => follow(redis as IoRedis, command as Command))();
      const result = call();
      if (done !== null) guarded(done)();
      return result;
    }),
    wrapOwnMethod(prototype, 'connect', (call, _parameters, _top, redis) => {
      const done = guarded(() => connect(redis as IoRedis))();
      const result = call();
      if (done === null) return result;
      if (result instanceof Promise) return passOn(result, done);
      // ioredis 4 may be told to use other promises.
      guarded(() => done(null))();
      return result;
    }),
  ];
  return () => {
    for (const end of ends) end();
  };
}

/** The caller gets the end of this chain: beside it, a rejection that nobody handles would count as handled. */
const passOn = (result: Promise<unknown>, done: (error: unknown) => void): Promise<unknown> =>
  result.then(
    (value) => {
      guarded(() => done(null))();
      return value;
    },
    (error: unknown) => {
      guarded(() => done(error))();
      throw error;
    },
  );

/** Follows a command that is about to be sent or queued. Returns what has to be done once it is. */
function createFollower(targets: Targets, lastFailures: WeakMap<object, DependencyError>) {
  const begin = (redis: IoRedis, command: Command): Call => {
    const call = beginRedisCall(targets, ioredisTarget(redis.options));
    const { resolve, reject } = command;
    command[callKey] = call;
    command.resolve = (value) => {
      command[callKey] = undefined;
      guarded(() => call.answered(0))();
      resolve.call(command, value);
    };
    command.reject = (error) => {
      command[callKey] = undefined;
      guarded(() => failRedisCall(call, error, whyOffline(redis, lastFailures)))();
      reject.call(command, error);
    };
    return call;
  };
  return (redis: IoRedis, command: Command): (() => void) | null => {
    if (isPartOfTransaction(command) || waitsForOthers(command.name, command.args)) return null;
    const queued = redis.offlineQueue.length;
    const isQueued = (): boolean => redis.offlineQueue.length > queued;
    // It has waited in the queue, or was sent over a connection that is gone: its call goes on.
    if (command[callKey] !== undefined) return null;
    if (redis.status !== 'connect') {
      begin(redis, command);
      return null;
    }
    // What is sent now belongs to the greeting of the connection; the service's own commands have to wait for it.
    return () => void (isQueued() && begin(redis, command));
  };
}

/** A transaction is one call, as long as its EXEC takes: what comes before is only queued by the server. */
const isPartOfTransaction = ({ name, inTransaction }: Command): boolean =>
  name === 'multi' || (inTransaction === true && name !== 'exec');

/** A client that never connects again lost its connection to the server; one whose attempts failed is told by the newest;
 *  else it was the service that closed it. */
function whyOffline(redis: IoRedis, lastFailures: WeakMap<object, DependencyError>): DependencyError | null {
  const reset = typeof redis.options.retryStrategy === 'function' ? null : 'reset';
  return lastFailures.get(redis) ?? reset;
}

/** Timers may fire a little early. */
const timerSlack = 0.9;

/** A new connection is no answer to a question: only that it failed is of interest. */
function createConnectWatch(targets: Targets, lastFailures: WeakMap<object, DependencyError>) {
  return (redis: IoRedis): ((error: unknown) => void) | null => {
    if (['connecting', 'connect', 'ready'].includes(redis.status)) return null;
    const call = beginRedisCall(targets, ioredisTarget(redis.options));
    const firstError = redis.connector?.firstError;
    const startedMs = monotonicMs();
    return (error) => {
      const kind =
        error === null ? null : whyNotConnected(redis, error, firstError, monotonicMs() - startedMs);
      call.failed(kind);
      if (kind === null) lastFailures.delete(redis);
      else lastFailures.set(redis, kind);
    };
  };
}

/** The rejection says only that the connection was closed; what the socket said is kept by the connector. */
function whyNotConnected(
  { connector, options, status }: IoRedis,
  error: unknown,
  firstError: unknown,
  passedMs: number,
): DependencyError | null {
  const own = connector?.firstError;
  if (own !== undefined && own !== firstError) return classifyRedisConnect(own);
  if (passedMs >= Number(options.connectTimeout) * timerSlack) return 'timeout';
  const kind = classifyRedisConnect(error);
  if (kind !== null) return kind;
  return status === 'end' ? null : 'reset';
}
