import { monotonicMs } from '../protocol/clock.js';
import type { Finding } from '../protocol/finding.js';
import type { Heartbeat } from '../protocol/heartbeat.js';
import type { Incident } from '../protocol/incident.js';
import type { SidecarData } from '../protocol/messages.js';
import type { EvidenceKeeper } from './keep-evidence.js';
import { createMemory, type Memory } from './memory.js';
import { readResident } from './resident.js';
import type { MainHeap } from './snapshots/main-heap.js';
import { createHeapProfileReader } from './watchdog/heap-profile.js';
import { createContainerLimitReader } from './watchdog/memory-limit.js';
import { createMemoryRoomReader } from './watchdog/memory-room.js';
import type { SourcePositions } from './watchdog/source-positions.js';

/** A heap settles this many times later than the event loop: imports go on, caches fill, code is compiled. */
const heapGraces = 12;

/** Nobody takes a reading back. */
const never = new AbortController().signal;

/** What the sidecar hands in. */
export interface MemoryParts {
  readonly data: SidecarData;
  /** Start of the process on monotonicMs(). */
  readonly startedMs: number;
  readonly heartbeat: Heartbeat;
  readonly positions: SourcePositions;
  report(finding: Finding): Incident;
  readonly keepEvidence: EvidenceKeeper;
  readonly mainHeap: Pick<MainHeap, 'ask'>;
  /** Makes the main thread count all allocations for some seconds. */
  readonly countAll: () => void;
  /** Makes the main thread begin a major collection. */
  readonly askForCollection: () => void;
}

/** Follows the memory of this process. */
export function startMemory(parts: MemoryParts): Memory & { close(): void } {
  const {
    data,
    startedMs,
    heartbeat,
    positions,
    report,
    keepEvidence,
    mainHeap,
    countAll,
    askForCollection,
  } = parts;
  const profiles = createHeapProfileReader(
    heartbeat,
    data.blindBecause ?? (data.samplesHeap ? null : 'allocations are not sampled'),
  );
  const room = createMemoryRoomReader();
  const memory = createMemory(
    {
      now: monotonicMs,
      read: profiles.read,
      locate: positions.locate,
      containerLimit: createContainerLimitReader(),
      resident: readResident,
      // What belongs to the process is told by its main thread alone.
      residentOfProcess: () => (data.thread.id === 0 ? readResident() : null),
      room: () => room().freeBytes,
      youngReserveBytes: data.youngReserveBytes,
      report,
      keep: keepEvidence,
      countAll,
      readingCollects: data.readingCollects,
      async readMarked(afterMs) {
        if (!profiles.mayRead()) return null;
        const result = await mainHeap.ask({ step: 'profile', afterMs }, never);
        return result.step === 'profiled' ? result.profile : null;
      },
      askForCollection() {
        // Whoever lets allocations be sampled has said yes to what that takes.
        if (data.samplesHeap) askForCollection();
        return data.samplesHeap;
      },
      schedule: (delayMs, work) => void setTimeout(work, delayMs),
    },
    startedMs + data.config.startupGraceMs * heapGraces,
  );
  return { ...memory, close: profiles.close };
}
