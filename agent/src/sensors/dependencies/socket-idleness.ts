import { monotonicMs } from '../../protocol/clock.js';

/** When a socket of an HTTP client had done its last call; null while it is at work. Nothing is kept alive by this. */
const freeSinceMs = new WeakMap<object, number | null>();

/** A socket is given to a call. Returns for how long it had been idle, null for a socket that nobody has seen at work
 *  before. Unit: ms. */
export function takeSocket(socket: object): number | null {
  const sinceMs = freeSinceMs.get(socket) ?? null;
  freeSinceMs.set(socket, null);
  return sinceMs === null ? null : monotonicMs() - sinceMs;
}

/** The call of a socket is over, to the end of its answer. */
export function freeSocket(socket: object): void {
  freeSinceMs.set(socket, monotonicMs());
}
