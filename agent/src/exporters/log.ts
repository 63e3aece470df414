import { type Logger, pino } from 'pino';
import type { AgentConfig } from '../config.js';
import type { Culprit, EndedProcess, Incident } from '../protocol/incident.js';
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
    ...(incident.database !== undefined && { database: incident.database }),
    request,
    runbook,
  };
  if (status === 'resolved') log.info(fields, `Resolved: ${incident.title}`);
  else if (severity === 'critical') log.error(fields, incident.title);
  else log.warn(fields, incident.title);
}

/** One line for a former process that has left without a word: what ended it, what was open, and where that is kept.
 *  `others` is how many more such processes were found with it. */
export function logFormerProcess(
  log: Logger,
  endedProcess: EndedProcess,
  incident: Incident | null,
  evidence: string | null,
  others: number,
): void {
  const { pid, exitCause } = endedProcess;
  const what = `A former process of this service (pid ${pid}) ended without a word, exit cause ${exitCause}`;
  if (incident === null) {
    log.warn({ endedProcess, others }, what);
    return;
  }
  const { id, kind, severity, cause, culprit, runbook } = incident;
  const fields = {
    incident: { id, kind, severity, cause },
    culprit: culprit && logged(culprit),
    endedProcess,
    evidence,
    others,
    runbook,
  };
  log.warn(fields, `${what}: ${incident.title}`);
}
