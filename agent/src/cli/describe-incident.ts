import type { Culprit, Incident } from '../protocol/incident.js';
import type { PoolHolder } from '../protocol/pool.js';
import { describeDatabase } from './describe-database.js';

const labelWidth = 12;
const percent = (ratio: number): string => `${Math.round(ratio * 100)} %`;
const indent = ' '.repeat(labelWidth);
const entry = (label: string, ...lines: readonly string[]): string[] =>
  lines.map((line, index) => `${(index === 0 ? label : '').padEnd(labelWidth)}${line}`);

/** Two lines for a list: what happened, and the facts that one looks for first. */
export function summarize(incident: Incident): string {
  const { id, status, severity, title, kind, cause, request, occurrences, openedAt, endedProcess } = incident;
  const facts = [
    `${kind}, cause ${cause}`,
    ...(request === null ? [] : [`route ${request.route}`]),
    `${occurrences} ${occurrences === 1 ? 'time' : 'times'} since ${openedAt}`,
    `id ${id}`,
    ...(endedProcess === undefined
      ? []
      : [`of former process ${endedProcess.pid}, exit cause ${endedProcess.exitCause}`]),
  ];
  return `${status.padEnd(labelWidth)}${severity}: ${title}\n${indent}${facts.join(' · ')}`;
}

/** The whole verdict for a terminal. `url` is the agent's, for links to evidence. */
export function describe(incident: Incident, url: string): string {
  const { culprit, request, measurements } = incident;
  return [
    incident.title,
    '',
    ...entry('status', `${incident.status}, ${incident.severity}, ${incident.occurrences} occurrence(s)`),
    ...entry('kind', incident.kind),
    ...entry('cause', incident.cause),
    ...(incident.operation === undefined ? [] : entry('operation', incident.operation)),
    ...(incident.resource === undefined ? [] : entry('resource', incident.resource)),
    ...describeBlamed(incident),
    ...(incident.database === undefined ? [] : entry('database', ...describeDatabase(incident.database))),
    ...(request === null ? [] : entry('route', request.route)),
    ...(request?.traceId == null ? [] : entry('trace', `${request.traceId} span ${request.spanId}`)),
    ...entry('confidence', describeConfidence(incident)),
    ...entry('opened', incident.openedAt),
    ...(incident.resolvedAt === null ? [] : entry('resolved', incident.resolvedAt)),
    ...describeEnd(incident),
    ...entry('measured', ...Object.entries(measurements).map(([name, value]) => `${name} ${value}`)),
    ...entry('not', ...incident.ruledOut.map(({ kind, because }) => `${kind}: ${because}`)),
    ...entry(
      'evidence',
      ...incident.evidence.map(
        ({ name, bytes }) => `${url}/incidents/${incident.id}/evidence/${name} (${bytes} bytes)`,
      ),
    ),
    ...entry('runbook', incident.runbook),
    ...(culprit === null ? [] : entry('stack', ...culprit.stack)),
  ].join('\n');
}

function describeEnd({ endedProcess }: Incident): string[] {
  if (endedProcess === undefined) return [];
  const { pid, startedAt, lastSeenAt, exitCause, because, alsoOpen } = endedProcess;
  return [
    ...entry('process', `${pid}, a former one: since ${startedAt}, last seen ${lastSeenAt}`),
    ...entry('exit cause', `${exitCause}: ${because}`),
    ...(alsoOpen.length === 0 ? [] : entry('also open', alsoOpen.join(', '))),
  ];
}

const describeCulprit = (culprit: Culprit): string[] =>
  entry(
    'culprit',
    culprit.function,
    `${culprit.file}:${culprit.line}:${culprit.column} (${percent(culprit.share)} of ${culprit.type === 'pool' ? 'held connections' : 'samples'})`,
    ...(culprit.type === 'pool' ? culprit.holders.map(describeHolder) : []),
  );

function describeHolder(holder: PoolHolder): string {
  const { function: name, file, line, ageMs, querying, awaitsReader, route } = holder;
  const place = file === null ? 'a caller that was not looked at' : `${name} (${file}:${line})`;
  const state = querying === null ? '' : querying ? ', runs a query' : ', no query';
  return `held by ${place} for ${(ageMs / 1_000).toFixed(1)} s${state}${awaitsReader === true ? ', waits for the reader of its response' : ''}${route === null ? '' : `, ${route}`}`;
}

function describeBlamed({ culprit, target }: Incident): string[] {
  const blamed = culprit === null ? [] : describeCulprit(culprit);
  if (target !== undefined) return [...entry('target', target), ...blamed];
  return culprit === null ? entry('culprit', 'unknown') : blamed;
}

function describeConfidence({ confidence, measurements }: Incident): string {
  const { calls, looks, samples } = measurements;
  if (looks !== undefined) return `${confidence} from ${looks} looks at held connections`;
  return `${confidence} from ${calls === undefined ? `${samples ?? 0} samples` : `${calls} calls`}`;
}
