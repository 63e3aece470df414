import type { HttpProvider, Json, ProcessProvider, Provider } from '../experiment.js';
import {
  type Fields,
  invalid,
  optional,
  type Place,
  readBoolean,
  readFields,
  readList,
  readNumber,
  readObject,
  readText,
  within,
} from './document.js';

/** Unit: s. */
const defaultTimeout = 10;
const maxTimeout = 300;
const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];
const httpKeys = ['type', 'url', 'method', 'headers', 'arguments', 'timeout', 'verify_tls'];
const processKeys = ['type', 'path', 'arguments', 'timeout'];

/** Reads `provider` of an activity. Python providers would need an interpreter and its packages: refused. */
export function parseProvider(value: Json | undefined, place: Place): Provider {
  const type = readObject(value, place).type;
  if (type === 'python') {
    const message = 'an http or process provider (python providers are not supported: call the same thing';
    throw invalid(within(place, 'type'), `${message} over HTTP or as a program)`, type);
  }
  if (type === 'http') return parseHttp(readFields(value, place, httpKeys), place);
  if (type === 'process') return parseProcess(readFields(value, place, processKeys), place);
  throw invalid(within(place, 'type'), 'http or process', type);
}

function parseHttp(fields: Fields, place: Place): HttpProvider {
  const url = readText(fields.url, within(place, 'url'));
  if (!/^(https?:\/\/|\$\{)/.test(url)) {
    throw invalid(
      within(place, 'url'),
      'an http:// or https:// address, or one that begins with a setting',
      url,
    );
  }
  const method = optional(fields.method, 'GET', (text) =>
    readText(text, within(place, 'method')).toUpperCase(),
  );
  if (!methods.includes(method)) {
    throw invalid(within(place, 'method'), `one of ${methods.join(', ')}`, fields.method);
  }
  return {
    type: 'http',
    url,
    method,
    headers: parseHeaders(fields.headers, within(place, 'headers')),
    arguments: fields.arguments ?? null,
    timeout: parseTimeout(fields.timeout, within(place, 'timeout')),
    verify_tls: readBoolean(fields.verify_tls, within(place, 'verify_tls'), true),
  };
}

function parseHeaders(value: Json | undefined, place: Place): Readonly<Record<string, string>> {
  if (value === undefined) return {};
  const entries = Object.entries(readObject(value, place));
  return Object.fromEntries(entries.map(([name, text]) => [name, readText(text, within(place, name))]));
}

function parseProcess(fields: Fields, place: Place): ProcessProvider {
  return {
    type: 'process',
    path: readText(fields.path, within(place, 'path')),
    arguments: parseArguments(fields.arguments, within(place, 'arguments')),
    timeout: parseTimeout(fields.timeout, within(place, 'timeout')),
  };
}

/** A pair (connect, read) counts with its sum, as the original waits for one after the other. */
function parseTimeout(value: Json | undefined, place: Place): number {
  if (value === undefined) return defaultTimeout;
  if (!Array.isArray(value)) return readNumber(value, place, 0.001, maxTimeout);
  const both = readList(value, place, (item, itemPlace) => readNumber(item, itemPlace, 0.001, maxTimeout));
  if (both.length !== 2) throw invalid(place, 'seconds, or a pair of connect and read seconds', value);
  return both.reduce((sum, seconds) => sum + seconds, 0);
}

/** A list is passed on as it is, an object becomes `name value` pairs, a text is split as a shell would. */
function parseArguments(value: Json | undefined, place: Place): readonly string[] {
  if (value === undefined || value === null) return [];
  if (typeof value === 'string') return splitWords(value, place);
  if (Array.isArray(value)) return readList(value, place, readWordOf);
  return Object.entries(readObject(value, place)).flatMap(([name, item]) =>
    item === null || item === '' ? [name] : [name, readWordOf(item, within(place, name))],
  );
}

function readWordOf(value: Json, place: Place): string {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return `${value}`;
  throw invalid(place, 'a text, a number or a boolean', value);
}

function splitWords(text: string, place: Place): readonly string[] {
  const words: string[] = [];
  const pattern = /\s*((?:[^\s"'\\]|\\.|"(?:[^"\\]|\\.)*"|'[^']*')+)/gy;
  let end = 0;
  for (let match = pattern.exec(text); match; match = pattern.exec(text)) {
    end = pattern.lastIndex;
    const word = match[1] ?? '';
    words.push(
      word.replace(/\\(.)|"((?:[^"\\]|\\.)*)"|'([^']*)'/g, (_, escaped, double, single) =>
        String(escaped ?? double?.replace(/\\(["\\$`])/g, '$1') ?? single),
      ),
    );
  }
  if (text.slice(end).trim() !== '') throw invalid(place, 'arguments with closed quotes', text);
  return words;
}
