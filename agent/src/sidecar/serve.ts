import type { Logger } from 'pino';
import { prometheusMetrics } from '../exporters/prometheus.js';
import { monotonicMs } from '../protocol/clock.js';
import type { SidecarData } from '../protocol/messages.js';
import type { Reading } from '../protocol/reading.js';
import type { RunningRequests } from '../protocol/requests.js';
import type { Stall } from '../protocol/stall.js';
import type { EvidenceStore } from './evidence/store.js';
import type { History } from './history/history.js';
import { createRoutes } from './http/routes.js';
import { type Route, type SidecarServer, startServer } from './http/server.js';
import type { IncidentBook } from './incidents/book.js';
import { describeRunning } from './running-requests.js';
import type { StartedLastWords } from './start-last-words.js';

const readingsKeptMs = 100;

/** What the answers are made from. */
export interface ServedParts {
  readonly data: SidecarData;
  readonly log: Logger;
  readonly history: Pick<History, 'newest'>;
  readonly book: Pick<IncidentBook, 'list' | 'get'>;
  readonly evidence: Pick<EvidenceStore, 'find'>;
  readonly lastWords: Pick<StartedLastWords, 'ends'>;
  readonly currentStall: () => Stall | null;
  readonly blindBecause: () => string | null;
  /** All readings of this moment. */
  readonly read: () => readonly Reading[];
  /** Routes that others answer. */
  readonly others: readonly Route[];
  readonly count: (part: string, error: unknown) => void;
}

/** The server, wired. Null where none is wanted, or none can be started, which is logged. */
export async function serve(parts: ServedParts): Promise<SidecarServer | null> {
  const { data, log, book, evidence, currentStall } = parts;
  const { host, port, token, httpLabels } = data.config;
  if (port === null) return null;
  const collect = keepShortly(parts.read);
  try {
    return await startServer({
      host,
      port,
      token,
      onError: (error) => parts.count('http', error),
      routes: createRoutes({
        metrics: () => prometheusMetrics(collect, { httpRequestDuration: httpLabels }),
        currentStall,
        incidents: book.list,
        incident: book.get,
        evidence: evidence.find,
        requests: () => runningRequests(parts),
        report: () => describeProcess(parts),
      }).concat(parts.others),
    });
  } catch (error) {
    log.error({ err: error, host, port }, 'The HTTP server could not be started');
    return null;
  }
}

/** One scrape asks for every metric by itself: all of them get the same moment. */
function keepShortly(read: () => readonly Reading[]): () => Promise<readonly Reading[]> {
  let kept: { readonly atMs: number; readonly readings: readonly Reading[] } = {
    atMs: Number.NEGATIVE_INFINITY,
    readings: [],
  };
  return async () => {
    const atMs = monotonicMs();
    if (atMs - kept.atMs > readingsKeptMs) kept = { atMs, readings: read() };
    return kept.readings;
  };
}

function runningRequests({ history, currentStall }: ServedParts): RunningRequests {
  return describeRunning(history.newest(), currentStall(), monotonicMs());
}

function describeProcess(parts: ServedParts): unknown {
  const { config, thread } = parts.data;
  const stall = parts.currentStall();
  return {
    service: { name: config.service, pid: process.pid, threadId: thread.id, node: process.versions.node },
    health: stall === null ? { status: 'ok' } : { status: 'blocked', forMs: Math.round(stall.blockedMs) },
    blindBecause: parts.blindBecause(),
    requests: runningRequests(parts),
    snapshot: parts.history.newest(),
    incidents: parts.book.list(),
    formerProcesses: parts.lastWords.ends(),
    readings: parts.read(),
  };
}
