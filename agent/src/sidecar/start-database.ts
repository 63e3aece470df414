import type { Logger } from 'pino';
import { logVerdict } from '../exporters/log.js';
import { monotonicMs } from '../protocol/clock.js';
import type { Incident } from '../protocol/incident.js';
import type { SidecarData } from '../protocol/messages.js';
import { askSessions } from './database/ask-sessions.js';
import { createDatabaseAsker, type DatabaseAsker } from './database/asker.js';
import { loadPgClient } from './database/load-client.js';
import type { IncidentBook } from './incidents/book.js';
import type { EvidenceKeeper } from './keep-evidence.js';

/** The database that the user has named. */
export interface NamedDatabase {
  /** Null when none is named. */
  readonly asker: DatabaseAsker | null;
  /** What the database says is news of its own: a line of the log when it has spoken first, and a file. */
  keep(incident: Incident): void;
}

/** What this is made of. */
export interface NamedDatabaseParts {
  readonly data: SidecarData;
  readonly log: Logger;
  readonly book: Pick<IncidentBook, 'get'>;
  readonly keepEvidence: EvidenceKeeper;
}

/** Asks the database that the user has named. The driver is loaded with the first question. */
export function startDatabase({ data, log, book, keepEvidence }: NamedDatabaseParts): NamedDatabase {
  // When the database was asked what is kept of it, by incident.
  const kept = new Map<string, string>();
  return {
    asker: startAsker(data),
    keep(incident) {
      const { id, database: view } = incident;
      if (view === undefined || kept.get(id) === view.askedAt) return;
      if (!kept.has(id)) logVerdict(log, incident);
      // Incidents come and go; only those that are open matter.
      for (const each of kept.keys()) if (book.get(each)?.status !== 'open') kept.delete(each);
      kept.set(id, view.askedAt);
      keepEvidence(incident, [{ name: 'database.json', content: { incident: id, ...view } }]);
    },
  };
}

function startAsker({ config, mainScript, workingDirectory }: SidecarData): DatabaseAsker | null {
  const url = config.poolAskUrl;
  if (url === null) return null;
  return createDatabaseAsker({
    url,
    now: monotonicMs,
    ask: async (pids, signal) => askSessions(loadPgClient(mainScript, workingDirectory), url, pids, signal),
  });
}
