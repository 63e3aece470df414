import { monotonicMs } from '../../protocol/clock.js';
import type { HeldConnection } from '../../protocol/pool.js';
import type { ProbeAnswer } from '../../protocol/stack.js';
import { type HolderRoom, wholeRoom } from './holder-room.js';
import type { Origin } from './origins.js';
import { pgBackendPid } from './pg-client.js';

/** Only those that are held for so long have their stack put into words while nobody waits. Unit: ms. */
const worthTellingMs = 250;

/** Who holds the connections of one pool. Clients themselves are not kept alive. */
export interface Holders {
  acquired(client: object): void;
  /** Who had asked for it; known a moment after it was acquired. */
  tell(client: object, origin: Origin | null): void;
  /** Time that it was held; null when it was taken before anybody looked. Unit: ms. */
  released(client: object): number | null;
  /** Longest first. While callers are queued, who holds something only for a moment is told, too. */
  read(isQueued: boolean, room?: HolderRoom): HeldConnection[];
}

interface Holder {
  readonly client: WeakRef<object>;
  readonly sinceMs: number;
  origin: Origin | null;
  frames: ProbeAnswer['frames'] | null;
  /** Undefined before it was asked: it stays the same for as long as the connection stands. */
  backendPid: number | null | undefined;
}

/** `isOut` says whether a client is still held, for pools that do not tell of each return. */
export function createHolders(
  isQuerying: (client: object) => boolean | null,
  isOut: (client: object) => boolean = () => true,
): Holders {
  const byClient = new WeakMap<object, Holder>();
  // In the order in which they were taken.
  const held = new Set<Holder>();
  const framesOf = (holder: Holder): ProbeAnswer['frames'] => {
    // Once it is in words, nothing of the stack is kept any more.
    holder.frames ??= holder.origin?.frames() ?? [];
    holder.origin &&= { ...holder.origin, frames: () => [] };
    return holder.frames;
  };
  return {
    acquired(client) {
      const holder = {
        client: new WeakRef(client),
        sinceMs: monotonicMs(),
        origin: null,
        frames: null,
        backendPid: undefined,
      };
      byClient.set(client, holder);
      held.add(holder);
    },
    tell(client, origin) {
      const holder = byClient.get(client);
      if (holder !== undefined) holder.origin = origin;
    },
    released(client) {
      const holder = byClient.get(client);
      if (holder === undefined) return null;
      byClient.delete(client);
      held.delete(holder);
      return monotonicMs() - holder.sinceMs;
    },
    read(isQueued, room = wholeRoom) {
      const nowMs = monotonicMs();
      const list: HeldConnection[] = [];
      for (const holder of held) {
        const client = holder.client.deref();
        // A client that nobody has any more cannot be given back either.
        if (client === undefined || !isOut(client)) held.delete(holder);
        else if (list.length < room.listed) {
          const ageMs = nowMs - holder.sinceMs;
          const isTold = (isQueued || ageMs >= worthTellingMs) && list.length < room.told;
          const frames = isTold ? framesOf(holder) : [];
          const request = holder.origin?.request ?? null;
          if (holder.backendPid === undefined) holder.backendPid = pgBackendPid(client);
          const { backendPid } = holder;
          const awaitsReader = holder.origin?.awaitsReader?.() ?? null;
          list.push({
            ageMs,
            querying: isQuerying(client),
            request,
            frames,
            ...(awaitsReader !== null && { awaitsReader }),
            ...(backendPid !== null && { backendPid }),
          });
        }
      }
      return list;
    },
  };
}
