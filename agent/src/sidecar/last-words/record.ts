import { incidentCatalog } from '../../catalog/incidents.js';
import type { Incident } from '../../protocol/incident.js';
import type { LastWords } from '../../protocol/last-words.js';

/** What a record may take. An incident with its stack takes a few kB. Unit: bytes. */
export const recordBytes = 256 * 1024;
const incidentsKept = 8;

/** A record as text, within its bounds: the least severe incidents go first. */
export function encodeLastWords(words: LastWords): string {
  for (let count = Math.min(incidentsKept, words.incidents.length); ; count -= 1) {
    const text = `${JSON.stringify({ ...words, incidents: words.incidents.slice(0, count) })}\n`;
    if (count === 0 || Buffer.byteLength(text) <= recordBytes) return text;
  }
}

/** The record in a text; null for anything else. Whatever it holds ends up in terminals and pages, so what these rely on
 *  is looked at; incidents that are none are left out. */
export function parseLastWords(text: string): LastWords | null {
  const words = parseObject(text);
  if (words === null || words.format !== 1) return null;
  const { service, process, threadId, node, startedAt, lastSeenAt, lastBeatAt, numbers, incidents } = words;
  if (typeof service !== 'string' || typeof node !== 'string' || !isIdentity(process)) return null;
  if (!isTime(startedAt) || !isTime(lastSeenAt) || !Number.isInteger(threadId)) return null;
  if (!isObject(numbers) || !Array.isArray(incidents)) return null;
  return {
    format: 1,
    service,
    process,
    threadId: threadId as number,
    node,
    startedAt,
    lastSeenAt,
    lastBeatAt: isTime(lastBeatAt) ? lastBeatAt : null,
    memoryKills: parseKills(words.memoryKills),
    numbers: Object.fromEntries(Object.entries(numbers).filter(isNumber)),
    incidents: incidents.filter(isIncident).slice(0, incidentsKept),
  };
}

/** Whether a text is a record of another version of the agent, which knows what to do with it. */
export function isOtherFormat(text: string): boolean {
  const format = parseObject(text)?.format;
  return typeof format === 'number' && format !== 1;
}

type Fields = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isTime = (value: unknown): value is string =>
  typeof value === 'string' && value.length <= 40 && Number.isFinite(Date.parse(value));
const isNumber = (entry: [string, unknown]): entry is [string, number] => Number.isFinite(entry[1]);
const isTextOrNull = (value: unknown): boolean => value === null || typeof value === 'string';

function parseObject(text: string): Fields | null {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : null;
  } catch {
    return null;
  }
}

const isIdentity = (value: unknown): value is LastWords['process'] =>
  isObject(value) &&
  Number.isInteger(value.pid) &&
  (value.startTicks === null || Number.isFinite(value.startTicks)) &&
  typeof value.host === 'string' &&
  isTextOrNull(value.bootId) &&
  isTextOrNull(value.pidNamespace);

function parseKills(value: unknown): LastWords['memoryKills'] {
  if (!isObject(value) || typeof value.group !== 'string' || !Number.isFinite(value.count)) return null;
  return { group: value.group, count: value.count as number };
}

function isIncident(value: unknown): value is Incident {
  if (!isObject(value)) return false;
  const texts = ['id', 'kind', 'severity', 'title', 'cause', 'runbook'];
  if (!texts.every((name) => typeof value[name] === 'string')) return false;
  if (!Object.hasOwn(incidentCatalog, value.kind as string)) return false;
  if (!isTime(value.openedAt) || !isTime(value.updatedAt)) return false;
  if (!Number.isFinite(value.confidence) || !Number.isFinite(value.occurrences)) return false;
  const isLinked = [value.culprit, value.request].every((part) => part === null || isObject(part));
  return isLinked && isObject(value.measurements) && [value.ruledOut, value.evidence].every(Array.isArray);
}
