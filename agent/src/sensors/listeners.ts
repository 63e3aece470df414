import { EventEmitter, getEventListeners } from 'node:events';
import type { ListenerReading } from '../protocol/listeners.js';
import { endListeningBeside, listenBeside } from './listen-beside.js';
import type { Sensor } from './sensor.js';

/** More emitters than these are not followed at a time. */
const followedMax = 16;
const nameMax = 64;
const stackMax = 4_096;
// Taken before the host can replace it, and asked for emitters that have replaced theirs.
const { listenerCount } = EventEmitter.prototype;

interface Followed {
  readonly id: number;
  readonly target: WeakRef<object>;
  readonly type: string | symbol;
  readonly emitter: string;
  readonly event: string;
  readonly stack: string | null;
  count: number;
}

/** Listeners of the emitters that Node has warned of with a MaxListenersExceededWarning, counted from then on: the
 *  warning comes once, and whether it goes on is what matters. It holds the stack of the listener that was one too
 *  many, so the line costs nothing. A listener of `warning` changes nothing about what Node prints of it. Emitters are
 *  held weakly; of more than 16 those with the most listeners are kept. Emitters whose limit was lifted do not warn
 *  and are not seen. Source: the event `warning` of process, listenerCount() and getEventListeners() of node:events. */
export function startListenersSensor(): Sensor<readonly ListenerReading[]> {
  const followed = new Map<number, Followed>();
  let ids = 0;

  const onWarning = (warning: unknown): void => {
    try {
      const one = follow(warning, ids + 1);
      if (one === null) return;
      ids += 1;
      followed.set(one.id, one);
      if (followed.size > followedMax) followed.delete(smallest(followed.values()));
    } catch {
      // A getter of the host has thrown. Its warning is printed all the same.
    }
  };
  listenBeside(process, 'warning', onWarning);

  return {
    read() {
      const readings: ListenerReading[] = [];
      for (const one of followed.values()) {
        const { id, emitter, event, stack, type } = one;
        const target = one.target.deref();
        const count = target === undefined ? null : countOf(target, type);
        if (count === null) {
          followed.delete(id);
          continue;
        }
        one.count = count;
        readings.push({ id, emitter, event, stack, count });
      }
      return readings;
    },
    close() {
      endListeningBeside(process, 'warning', onWarning);
      followed.clear();
    },
  };
}

/** Warnings of emitters name `emitter`, those of event targets `target`. */
function follow(warning: unknown, id: number): Followed | null {
  if (!(warning instanceof Error) || warning.name !== 'MaxListenersExceededWarning') return null;
  const { emitter, target, type } = warning as Error &
    Partial<Record<'emitter' | 'target' | 'type', unknown>>;
  const source = emitter ?? target;
  if (typeof source !== 'object' || source === null) return null;
  if (typeof type !== 'string' && typeof type !== 'symbol') return null;
  const count = countOf(source, type);
  if (count === null) return null;
  const name: unknown = source.constructor?.name;
  return {
    id,
    target: new WeakRef(source),
    type,
    emitter: typeof name === 'string' && name !== '' ? name.slice(0, nameMax) : 'EventEmitter',
    event: String(type).slice(0, nameMax),
    stack: typeof warning.stack === 'string' ? warning.stack.slice(0, stackMax) : null,
    count,
  };
}

/** Null when it cannot be told any more. */
function countOf(source: object, type: string | symbol): number | null {
  try {
    if (source instanceof EventTarget) return getEventListeners(source, String(type)).length;
    return listenerCount.call(source as EventEmitter, type);
  } catch {
    return null;
  }
}

function smallest(all: Iterable<Followed>): number {
  return [...all].reduce((least, one) => (one.count < least.count ? one : least)).id;
}
