import { join } from 'node:path';
import type { Logger } from 'pino';
import { logFormerProcess } from '../exporters/log.js';
import { monotonicMs } from '../protocol/clock.js';
import type { Heartbeat } from '../protocol/heartbeat.js';
import type { Incident } from '../protocol/incident.js';
import type { LastWords } from '../protocol/last-words.js';
import type { SidecarData } from '../protocol/messages.js';
import type { Reading } from '../protocol/reading.js';
import type { Snapshot } from '../protocol/snapshot.js';
import { isTight } from './diagnosis/exit-cause.js';
import { isAlive } from './discovery/discovery-file.js';
import { writeVanishingFile } from './discovery/vanishing-file.js';
import type { EvidenceStore } from './evidence/store.js';
import { createFormerProcesses, type ToldEnd } from './former-processes.js';
import type { History } from './history/history.js';
import { createLiveHeapTracker, type LiveHeapTracker } from './history/live-heap.js';
import { createRoomTrend } from './history/room-trend.js';
import type { IncidentBook } from './incidents/book.js';
import { newIncidentId } from './incidents/new-id.js';
import type { EvidenceKeeper } from './keep-evidence.js';
import { type NumberSources, readHeapNumbers, readLastNumbers } from './last-numbers.js';
import { claimFormer } from './last-words/claim.js';
import { readIdentity, readStartTicks } from './last-words/identity.js';
import { encodeLastWords } from './last-words/record.js';
import { lastWordsFile, makeFolder, removeLastWords, writeLastWords } from './last-words/record-file.js';
import { createLastWords, isRenewed } from './last-words.js';
import { readResident } from './resident.js';
import { createMemoryKillReader } from './watchdog/memory-kills.js';
import { createContainerLimitReader } from './watchdog/memory-limit.js';
import { createMemoryRoomReader } from './watchdog/memory-room.js';

const fileMode = 0o600;

/** What the sidecar hands in. */
export interface LastWordsParts {
  readonly data: SidecarData;
  readonly heartbeat: Heartbeat;
  readonly history: History;
  readonly book: IncidentBook;
  readonly evidence: EvidenceStore;
  readonly keepEvidence: EvidenceKeeper;
  readonly log: Logger;
  /** Failures by part. */
  readonly errors: Map<string, number>;
}

/** The record of this process, and what former ones have left. */
export interface StartedLastWords {
  /** Finds former processes. Never rejects. */
  look(): Promise<void>;
  add(snapshot: Snapshot): void;
  /** Writes the record of the start. Never rejects. */
  start(): Promise<void>;
  note(): void;
  /** Throws when the record cannot be written. */
  tick(): void;
  ends(): readonly ToldEnd[];
  readings(): Reading[];
  /** The process ends in order, or goes on without the agent: nothing is left. */
  close(): void;
}

export function startLastWords(parts: LastWordsParts): StartedLastWords {
  const { data, heartbeat, errors } = parts;
  const { config, thread } = data;
  const own = readIdentity();
  const path = lastWordsFile(config.directory, own.pid, data.processStartedAtMs, thread.id);
  const memoryKills = createMemoryKillReader();
  const live = createLiveHeapTracker();
  const sources = numberSources(parts, live);
  const compose = createComposer(parts, sources, own, memoryKills);
  const keeper = createLastWords({
    now: monotonicMs,
    compose,
    isHeapTight: () => isTight(readHeapNumbers(sources)),
    write: (words) => void heartbeat.beforeExit(() => writeLastWords(path, encodeLastWords(words))),
  });
  const count = (): void => void errors.set('last-words', errors.get('last-words')! + 1);
  const former = createFormer(parts, own, memoryKills, count);
  return {
    look: former.look,
    add: live.add,
    async start() {
      try {
        // Numbers of a start say nothing of an end that comes days later.
        const text = encodeLastWords({ ...compose(), numbers: {} });
        if (thread.id === 0) heartbeat.beforeExit(() => writeLastWords(path, text));
        else await writeOfWorker(path, text);
      } catch {
        // The log has been told that the directory cannot be written to.
        count();
      }
    },
    note: keeper.note,
    tick: keeper.tick,
    ends: former.ends,
    readings: former.readings,
    close() {
      keeper.close();
      removeLastWords(path);
    },
  };
}

/** A worker may be terminated, which is no crash, and no JavaScript runs then: its record goes with its threads, and
 *  stays only if the process ends as a whole without an exit. */
async function writeOfWorker(path: string, text: string): Promise<void> {
  makeFolder(path);
  await writeVanishingFile(path, text, fileMode);
}

function numberSources({ data, history }: LastWordsParts, live: LiveHeapTracker): NumberSources {
  return {
    now: monotonicMs,
    snapshot: history.newest,
    live: live.read,
    gcRatio: history.gcRatio,
    resident: readResident,
    containerLimit: createContainerLimitReader(),
    room: createRoomTrend(createMemoryRoomReader(), monotonicMs),
    youngReserveBytes: data.youngReserveBytes,
  };
}

function createComposer(
  { data, heartbeat, book }: LastWordsParts,
  sources: NumberSources,
  own: LastWords['process'],
  memoryKills: () => LastWords['memoryKills'],
): () => LastWords {
  const startedAt = new Date(data.processStartedAtMs).toISOString();
  return () => ({
    format: 1,
    service: data.config.service,
    process: own,
    threadId: data.thread.id,
    node: process.versions.node,
    startedAt,
    lastSeenAt: new Date().toISOString(),
    lastBeatAt: timeOfBeat(heartbeat),
    memoryKills: memoryKills(),
    numbers: readLastNumbers(sources),
    incidents: book
      .list()
      .filter(({ status }) => status === 'open')
      .sort(bySeverity),
  });
}

/** Null before the first beat. */
function timeOfBeat(heartbeat: Heartbeat): string | null {
  const beatMs = heartbeat.lastBeatMs();
  return beatMs === 0 ? null : new Date(Date.now() - (monotonicMs() - beatMs)).toISOString();
}

/** The list has the newest first, and sorting keeps that. */
const bySeverity = (a: Incident, b: Incident): number =>
  Number(b.severity === 'critical') - Number(a.severity === 'critical');

function createFormer(
  { data, book, evidence, keepEvidence, log }: LastWordsParts,
  own: LastWords['process'],
  memoryKills: () => LastWords['memoryKills'],
  count: () => void,
) {
  const { directory, service, runbookUrl } = data.config;
  const table = { startTicks: readStartTicks, isAlive };
  return createFormerProcesses({
    claim: () => claimFormer({ directory, service, own, table, isRenewed, now: Date.now() }),
    memoryKills,
    newId: newIncidentId,
    runbookUrl,
    adopt: book.adopt,
    filesOf: (id) => evidence.list(id),
    keep: keepEvidence,
    tell(end, incident, others) {
      const folder = incident === null ? null : join(directory, 'evidence', incident.id);
      logFormerProcess(log, end, incident, folder, others);
    },
    tellUnreadable(files) {
      log.warn({ files }, 'What a former process left in last-words could not be read; it was removed');
    },
    onError: count,
    schedule: (delayMs, work) => void setTimeout(work, delayMs).unref(),
  });
}
