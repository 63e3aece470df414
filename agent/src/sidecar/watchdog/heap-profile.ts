import type { HeapProfile } from '../../protocol/heap-profile.js';
import type { Heartbeat } from '../../protocol/heartbeat.js';
import { createDebuggerWatch } from './debugger.js';
import { createMainThreadSessions } from './main-thread-session.js';

/** Reads what the main thread's sampling heap profiler has counted. */
export interface HeapProfileReader {
  /** False while a debugger is attached, whose collections and pauses these would be, and where it is forbidden. */
  mayRead(): boolean;
  /** Null when there is none to be had: nothing samples, a debugger is attached, the process exits. V8 collects all
   *  garbage first, on the main thread: some 15 ms for a small heap, about 1 ms for each MB of a large one. */
  read(): Promise<HeapProfile | null>;
  close(): void;
}

/** Each reading opens an inspector session and closes it at once, as stacks do. The profiler goes on: it belongs to a
 *  session of the main thread. With a `forbidden` reason none is ever opened.
 *  Source: CDP HeapProfiler.getSamplingProfile. */
export function createHeapProfileReader(
  heartbeat: Heartbeat,
  forbidden: string | null,
  isDebugged: () => boolean = createDebuggerWatch(heartbeat.inspectorPort),
): HeapProfileReader {
  const sessions = createMainThreadSessions(heartbeat);
  const mayRead = (): boolean => forbidden === null && !isDebugged();
  return {
    mayRead,
    async read() {
      if (!mayRead()) return null;
      try {
        return await sessions.open<HeapProfile>((session, finish) => {
          session.post('HeapProfiler.getSamplingProfile', (error, reply) => {
            finish(error === null ? ((reply as unknown as { profile?: HeapProfile }).profile ?? null) : null);
          });
        });
      } catch {
        return null;
      }
    },
    close: sessions.close,
  };
}
