import { type Logger, pino } from 'pino';
import type { AgentConfig } from '../config.js';
import type { Culprit, Incident } from '../protocol/incident.js';
import { isWaitless, openOutlet, sharedOutlet } from './stderr-outlet.js';
import { createStderrWriter, type StderrWriter, waitingBytes } from './stderr-writer.js';

const stderr = 2;

/** The agent's own log: pino JSON lines on stderr, written without waiting for it. Lines of an agent in a worker say
 *  which thread that is; 0 is the main thread. `onDropped` is called for each line that stderr did not take. */
export function createLog(
  { service, logLevel }: Pick<AgentConfig, 'service' | 'logLevel'>,
  threadId = 0,
  onDropped: () => void = () => {},
): Logger {
  const outlet = openOutlet();
  const writer = outlet === null ? createPatientWriter(onDropped) : createStderrWriter(outlet, onDropped);
  const base = { service, pid: process.pid, ...(threadId !== 0 && { threadId }) };
  return pino({ name: 'faultline', level: logLevel, base }, writer);
}

/** For a socket that may make a write wait. A thread of libuv's pool then waits for it, one line at a time: it is
 *  held until somebody reads, and so is the end of the process. */
function createPatientWriter(onDropped: () => void): StderrWriter {
  const shared = createStderrWriter(sharedOutlet, onDropped);
  const pooled = pino.destination({ fd: stderr, sync: false, minLength: 0, maxLength: waitingBytes });
  // A closed stderr is the host's affair; without a listener it would end the sidecar.
  pooled.on('error', () => {});
  pooled.on('drop', onDropped);
  return {
    write: (line) => void (isWaitless() ? shared : pooled).write(line),
    flush() {
      shared.flush();
      pooled.flush();
    },
  };
}

/** A stack is too much for a line of the log. */
const logged = (culprit: Culprit): object => {
  const { function: name, file, line, share } = culprit;
  const pool =
    culprit.type === 'pool' ? { pool: culprit.name, library: culprit.library, holders: culprit.holders } : {};
  return { ...pool, function: name, file, line, share };
};

/** One line for each verdict: who is to blame, how sure that is, and where to read on. */
export function logVerdict(log: Logger, incident: Incident): void {
  const { id, kind, status, severity, cause, confidence, culprit, request, runbook, occurrences } = incident;
  const fields = {
    incident: { id, kind, status, severity, cause, confidence, occurrences },
    culprit: culprit && logged(culprit),
    ...(incident.target !== undefined && { target: incident.target }),
    ...(incident.resource !== undefined && { resource: incident.resource }),
    request,
    runbook,
  };
  if (status === 'resolved') log.info(fields, `Resolved: ${incident.title}`);
  else if (severity === 'critical') log.error(fields, incident.title);
  else log.warn(fields, incident.title);
}
