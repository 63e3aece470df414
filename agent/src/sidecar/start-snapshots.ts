import { join } from 'node:path';
import type { Logger } from 'pino';
import type { AgentConfig } from '../config.js';
import { FaultlineError } from '../errors.js';
import { monotonicMs } from '../protocol/clock.js';
import type { TakenSnapshot } from '../protocol/heap-snapshot.js';
import type { Incident } from '../protocol/incident.js';
import type { Stall } from '../protocol/stall.js';
import { isAlive } from './discovery/discovery-file.js';
import type { EvidenceStore } from './evidence/store.js';
import type { History } from './history/history.js';
import type { Route } from './http/server.js';
import { createSnapshotRoute } from './http/snapshot-route.js';
import type { IncidentBook } from './incidents/book.js';
import type { MainHeap } from './snapshots/main-heap.js';
import { createSnapshots, type TakeOptions } from './snapshots/snapshots.js';
import { openSnapshotStore } from './snapshots/store.js';
import { createMemoryRoomReader } from './watchdog/memory-room.js';

/** Incidents that a snapshot may explain. */
const memoryKinds: readonly string[] = [
  'heap-leak',
  'gc-pressure',
  'heap-near-limit',
  'external-memory-growth',
  'rss-growth',
  'handle-leak',
];

export interface SnapshotParts {
  readonly config: AgentConfig;
  /** Id of the thread whose heap it is; 0 for the main thread. */
  readonly thread: number;
  readonly log: Logger;
  readonly history: Pick<History, 'newest'>;
  readonly book: Pick<IncidentBook, 'list' | 'attach'>;
  readonly evidence: Pick<EvidenceStore, 'write'>;
  readonly mainHeap: Pick<MainHeap, 'ask'>;
  /** Counts an error of a part of the agent. */
  readonly count: (part: string, error: unknown) => void;
}

/** Heap snapshots, wired: asked for over HTTP or by a signal, logged, and linked to open incidents of memory. */
export interface SnapshotDesk {
  readonly routes: readonly Route[];
  explains(stall: Pick<Stall, 'startedMs'>): boolean;
  /** A signal asks for a snapshot. */
  takeBySignal(): void;
}

export function startSnapshots(parts: SnapshotParts): SnapshotDesk {
  const { config, thread, log, history, book, evidence, mainHeap } = parts;
  const onError = (error: unknown): void => parts.count('evidence', error);
  const store = openSnapshotStore(join(config.directory, 'snapshots'), { pid: process.pid, thread }, isAlive);
  const snapshots = createSnapshots({
    now: Date.now,
    monotonicMs,
    heap: () => history.newest()?.heap ?? null,
    memory: createMemoryRoomReader(),
    mainHeap,
    store,
  });
  store.sweep().catch(onError);

  const link = async (taken: TakenSnapshot): Promise<void> => {
    const text = `${JSON.stringify({ ...taken, open: 'Chrome DevTools, Memory, Load profile' }, null, 1)}\n`;
    for (const { id } of book.list().filter(isOpenMemoryIncident)) {
      book.attach(id, await evidence.write(id, 'heap-snapshot.json', 'application/json', text));
    }
  };
  const take = async (options: TakeOptions): Promise<TakenSnapshot> => {
    try {
      const taken = await snapshots.take(options);
      log.info(taken, `Heap snapshot written; the main thread stood still for ${taken.pauseMs} ms`);
      await link(taken).catch(onError);
      return taken;
    } catch (error) {
      // A write that failed for no known reason is for the log too, with its stack.
      const isKnown = error instanceof FaultlineError;
      log.warn(isKnown ? {} : { err: error }, `No heap snapshot: ${isKnown ? error.message : String(error)}`);
      throw error;
    }
  };
  return {
    routes: [createSnapshotRoute(take)],
    explains: snapshots.explains,
    takeBySignal() {
      // Whoever sent the signal reads the log.
      void take({ signal: new AbortController().signal }).catch(() => {});
    },
  };
}

const isOpenMemoryIncident = ({ status, kind }: Incident): boolean =>
  status === 'open' && memoryKinds.includes(kind);
