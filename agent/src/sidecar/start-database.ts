import { monotonicMs } from '../protocol/clock.js';
import type { SidecarData } from '../protocol/messages.js';
import { askSessions } from './database/ask-sessions.js';
import { createDatabaseAsker, type DatabaseAsker } from './database/asker.js';
import { loadPgClient } from './database/load-client.js';

/** Asks the database that the user has named; null when none is. The driver is loaded with the first question. */
export function startDatabase({ config, mainScript, workingDirectory }: SidecarData): DatabaseAsker | null {
  const url = config.poolAskUrl;
  if (url === null) return null;
  return createDatabaseAsker({
    url,
    now: monotonicMs,
    ask: async (pids, signal) => askSessions(loadPgClient(mainScript, workingDirectory), url, pids, signal),
  });
}
