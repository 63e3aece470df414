import { listen } from '../../dependencies/channels.js';

/** What node-redis 5.12 and later tell of a command, or of a transaction. */
interface Trace {
  readonly clientId?: unknown;
  readonly batchMode?: unknown;
}

/** Commands that were asked and not yet answered, by client. Each stands here as long as it lasts. */
const inFlight = new Map<unknown, number>();
let counted = new WeakSet<Trace>();
let followers = 0;
let endListening: (() => void) | null = null;

/** Counts what the clients of node-redis have in flight, from now on. However many want to know, the channels have one
 *  listener each. Returns what ends it. */
export function followInFlight(): () => void {
  followers += 1;
  endListening ??= listen<Trace>({
    'tracing:node-redis:command:start': onStart,
    'tracing:node-redis:command:error': onEnd,
    'tracing:node-redis:command:asyncStart': onEnd,
    'tracing:node-redis:batch:start': (trace) => {
      // The commands of a pipeline tell of themselves.
      if (trace.batchMode === 'MULTI') onStart(trace);
    },
    'tracing:node-redis:batch:error': onEnd,
    'tracing:node-redis:batch:asyncStart': onEnd,
  });
  return () => {
    followers -= 1;
    if (followers > 0) return;
    endListening?.();
    endListening = null;
    inFlight.clear();
    counted = new WeakSet();
  };
}

/** Commands and transactions of a client that have no answer yet, of those that were asked since somebody follows. */
export const countInFlight = (clientId: string): number => inFlight.get(clientId) ?? 0;

function onStart(trace: Trace): void {
  counted.add(trace);
  inFlight.set(trace.clientId, (inFlight.get(trace.clientId) ?? 0) + 1);
}

function onEnd(trace: Trace): void {
  if (!counted.delete(trace)) return;
  const left = (inFlight.get(trace.clientId) ?? 0) - 1;
  if (left > 0) inFlight.set(trace.clientId, left);
  else inFlight.delete(trace.clientId);
}
