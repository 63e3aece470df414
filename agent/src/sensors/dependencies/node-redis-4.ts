import { type ModuleWatch, watchModuleClass } from '../module-cache.js';
import { guarded } from '../pools/guarded.js';
import { ownField } from '../pools/own-field.js';
import { wrapOwnMethod } from '../pools/wrap-method.js';
import { beginRedisCall, nodeRedisTarget, type WithOptions, waitsForOthers } from './redis-commands.js';
import { followReply } from './redis-replies.js';
import type { Targets } from './targets.js';

interface ClientModule {
  readonly default: { readonly prototype: object };
}

/** Methods that send what is no command of the class: words that the service has put together, a transaction or pipeline,
 *  which is one call here, and what the user has defined. */
const senders = ['sendCommand', 'multiExecutor', 'executeFunction', 'executeScript'] as const;

/** Follows the commands of node-redis 4. It has no channels, and what all commands go through is private and does not know
 *  the client; so each command is wrapped where the class has it, under both of its names. Not seen are those of modules
 *  (`client.json`), which classes made for one client have, those of clients in legacy mode, and how attempts to connect
 *  fail. */
export const watchNodeRedis4 = (targets: Targets): ModuleWatch =>
  watchModuleClass(
    /[\\/]@redis[\\/]client[\\/]dist[\\/]lib[\\/]client[\\/]index\.js$/,
    isVersion4,
    ({ default: { prototype } }) => {
      const ends = [...commandsOf(prototype), ...senders].map((method) =>
        wrapCommand(prototype, method, targets),
      );
      return () => {
        for (const end of ends) end();
      };
    },
  );

function isVersion4(exported: unknown): exported is ClientModule {
  const prototype = (exported as Partial<ClientModule> | null)?.default?.prototype;
  if (typeof prototype !== 'object' || prototype === null || '_executeMulti' in prototype) return false;
  return ['commandsExecutor', ...senders].every(
    (method) => typeof Object.getOwnPropertyDescriptor(prototype, method)?.value === 'function',
  );
}

/** Commands are put into the class after it was made, so that other than its methods they are enumerable. So is `Multi`, the
 *  class of its transactions. */
const commandsOf = (prototype: object): string[] =>
  Object.entries(prototype).flatMap(([name, value]) =>
    typeof value === 'function' && name !== 'Multi' ? [name] : [],
  );

const wrapCommand = (prototype: object, method: string, targets: Targets): (() => void) =>
  wrapOwnMethod(prototype, method, (send, parameters, _top, client) => {
    const call = guarded(() =>
      isLeftOut(method, parameters) ? null : beginRedisCall(targets, nodeRedisTarget(client as WithOptions)),
    )();
    const result = send();
    return call === null ? result : followReply(result, call);
  });

function isLeftOut(method: string, parameters: readonly unknown[]): boolean {
  const [first] = parameters;
  if (method === 'multiExecutor') return false;
  // It goes on to a client of the isolation pool, whose sendCommand() is followed.
  if (parameters.some((parameter) => optionOf(parameter, 'isolated') === true)) return true;
  if (method === 'sendCommand') return Array.isArray(first) && waitsForOthers(String(first[0]), first);
  const isBlocking = parameters.some((parameter) => optionOf(parameter, 'BLOCK') !== undefined);
  return waitsForOthers(method, isBlocking ? ['BLOCK'] : []);
}

/** What the options of a command say, such as those of xRead; undefined for anything else that it is given. */
const optionOf = (parameter: unknown, name: string): unknown =>
  Array.isArray(parameter) ? undefined : ownField(parameter, name);
