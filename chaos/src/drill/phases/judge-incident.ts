import type { Incident } from '@faultline/agent';
import type { Expectation } from '../experiment.js';

/** Reads a source file that an incident names; null when it is not there. */
export type ReadSource = (file: string) => string | null;

/** Says where an incident differs from what the drill expects; empty when it is the expected one in all its parts. */
export function complaintsAbout(
  incident: Incident,
  expect: Expectation,
  readSource: ReadSource,
): readonly string[] {
  const complaints: string[] = [];
  const complain = (what: string, expected: string, found: string | null) =>
    complaints.push(`the incident's ${what} should be ${expected}, got ${found ?? 'none'}`);
  if (incident.kind !== expect.incident) complain('kind', expect.incident, incident.kind);
  if (expect.cause !== null && incident.cause !== expect.cause)
    complain('cause', expect.cause, incident.cause);
  if (expect.request !== null) {
    const { request } = incident;
    if (request?.route !== expect.request) complain('request', expect.request, request?.route ?? null);
    else if (!request.traceId) complain('traceId', 'the trace of the request', null);
  }
  return [...complaints, ...complaintsAboutCulprit(incident, expect, readSource)];
}

function complaintsAboutCulprit(
  { culprit }: Incident,
  { culprit: expected }: Expectation,
  readSource: ReadSource,
): readonly string[] {
  if (expected === null) return [];
  const wanted = expected.function.join(' or ') || expected.file || expected.type;
  if (!culprit) return [`the incident should blame ${wanted}, but has no culprit`];
  const blamed = `${culprit.function} (${culprit.file}:${culprit.line})`;
  const complaints: string[] = [];
  const complain = (what: string) => complaints.push(`the incident blames ${blamed}, but ${what}`);
  if (culprit.type !== expected.type) complain(`a culprit of type ${expected.type} was expected`);
  if (expected.file !== null && !globToRegExp(expected.file).test(culprit.file)) {
    complain(`the file should match ${expected.file}`);
  }
  const isNamed = expected.function.length === 0 || expected.function.includes(culprit.function);
  if (!isNamed) complain(`the function should be ${expected.function.join(' or ')}`);
  if (expected.lines && (culprit.line < expected.lines[0] || culprit.line > expected.lines[1])) {
    complain(`the line should lie between ${expected.lines.join(' and ')}`);
  }
  const source = readSource(culprit.file);
  if (source !== null && isNamed && expected.function.length > 0) {
    const span = functionSpan(source, culprit.function);
    if (span && (culprit.line < span[0] || culprit.line > span[1])) {
      complain(`${culprit.function} stands in lines ${span.join(' to ')} of that file`);
    }
  }
  if (expected.source !== null) {
    const text = source?.split('\n')[culprit.line - 1]?.trim() ?? null;
    if (text === null || !new RegExp(expected.source).test(text)) {
      complain(`its line reads ${JSON.stringify(text)} and should match /${expected.source}/`);
    }
  }
  return complaints;
}

/** First and last line of a function in a formatted source file: from its declaration to the closing brace at the
 *  same indentation. Null when it is not declared there in a form that can be recognised. */
export function functionSpan(source: string, name: string): readonly [number, number] | null {
  const plain =
    name
      .split('.')
      .at(-1)
      ?.replace(/[^\w$]/g, '') ?? '';
  if (plain === '') return null;
  const declaration = new RegExp(
    `^(\\s*)(?:export |default |async |static |private |const |let |function\\*? )*${plain.replaceAll('$', '\\$')}\\s*(?:[=(<:].*)$`,
  );
  const lines = source.split('\n');
  const first = lines.findIndex(
    (line) => declaration.test(line) && /function|=>|\{\s*$|\($|=\s*$/.test(line),
  );
  if (first < 0) return null;
  const indent = declaration.exec(lines[first] ?? '')?.[1] ?? '';
  const length = lines.slice(first + 1).findIndex((line) => new RegExp(`^${indent}\\}`).test(line));
  return length < 0 ? null : [first + 1, first + 2 + length];
}

/** `*` stands for anything within a folder, `**` across folders. */
export function globToRegExp(glob: string): RegExp {
  const source = glob
    .split(/(\*\*\/?|\*)/)
    .map((part) => {
      if (part === '**/') return '(?:.*/)?';
      if (part === '**') return '.*';
      return part === '*' ? '[^/]*' : part.replace(/[.+?^${}()|[\]\\]/g, '\\$&');
    })
    .join('');
  return new RegExp(`^${source}$`);
}
