import { type ModuleWatch, watchModuleClass } from '../module-cache.js';
import { guarded } from '../pools/guarded.js';
import { wrapOwnMethod } from '../pools/wrap-method.js';
import { beginRedisCall, nodeRedisTarget, type WithOptions, waitsForOthers } from './redis-commands.js';
import { followReply } from './redis-replies.js';
import type { Call, Targets } from './targets.js';

interface ClientModule {
  readonly default: { readonly prototype: object };
}

/** Methods by which a client sends: one command, or many at once, which are one call here. */
const methods = ['sendCommand', '_executeMulti', '_executePipeline'] as const;

/** Follows the commands of node-redis 5 before 5.12, which has no channels: of its class, the methods that all commands go
 *  through are wrapped. How attempts to connect fail is not known there. */
export const watchUntracedNodeRedis = (targets: Targets): ModuleWatch =>
  watchModuleClass(
    /[\\/]@redis[\\/]client[\\/]dist[\\/]lib[\\/]client[\\/]index\.js$/,
    isUntraced,
    ({ default: { prototype } }) => {
      const ends = methods.map((method) => wrapSender(prototype, method, targets));
      return () => {
        for (const end of ends) end();
      };
    },
  );

/** With the channels a client got a name, under which they speak of it. Version 4 has none of these methods. */
function isUntraced(exported: unknown): exported is ClientModule {
  const prototype = (exported as Partial<ClientModule> | null)?.default?.prototype;
  if (typeof prototype !== 'object' || prototype === null || '_clientId' in prototype) return false;
  return methods.every(
    (method) => typeof Object.getOwnPropertyDescriptor(prototype, method)?.value === 'function',
  );
}

const wrapSender = (prototype: object, method: (typeof methods)[number], targets: Targets): (() => void) =>
  wrapOwnMethod(prototype, method, (send, [words], _top, client) => {
    const call = guarded(() => begin(client as WithOptions, method, words, targets))();
    const result = send();
    return call === null ? result : followReply(result, call);
  });

function begin(client: WithOptions, method: string, words: unknown, targets: Targets): Call | null {
  const isWaiting =
    method === 'sendCommand' && Array.isArray(words) && waitsForOthers(String(words[0]), words);
  return isWaiting ? null : beginRedisCall(targets, nodeRedisTarget(client));
}
