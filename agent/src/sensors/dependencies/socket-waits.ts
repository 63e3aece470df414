import { monotonicMs } from '../../protocol/clock.js';

interface Times {
  readonly madeMs: number;
  sentMs: number | null;
}

/** When requests of node:http were made and got their socket, whoever has seen it. */
const times = new WeakMap<object, Times>();

/** A request has been made. Only the first word counts. */
export function noteMade(request: object): void {
  if (!times.has(request)) times.set(request, { madeMs: monotonicMs(), sentMs: null });
}

/** A request has its socket. Nothing is known of one that nobody has seen made. */
export function noteSent(request: object): void {
  const known = times.get(request);
  if (known !== undefined) known.sentMs ??= monotonicMs();
}

/** Whether a request that ends now has spent most of its time in the queue of its agent. False when that is not known. */
export function hasMostlyQueued(request: object): boolean {
  const known = times.get(request);
  if (known === undefined) return false;
  const nowMs = monotonicMs();
  return (known.sentMs ?? nowMs) - known.madeMs > (nowMs - known.madeMs) / 2;
}
