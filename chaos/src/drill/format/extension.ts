import type { DrillPart, Expectation, ExpectedCulprit, Json } from '../experiment.js';
import { type KnownActivities, parseJudgedProbe } from './activity.js';
import {
  invalid,
  optional,
  type Place,
  readFields,
  readList,
  readNumber,
  readObject,
  readText,
  within,
} from './document.js';

const keys = [
  'name',
  'fault',
  'parameters',
  'ttl',
  'expect',
  'besides',
  'mustNotFire',
  'runbook',
  'load',
  'behindProxy',
  'heapMb',
  'containerMb',
  'descriptors',
  'watchSeconds',
  'stopConditions',
];
const expectKeys = [
  'incident',
  'cause',
  'culprit',
  'request',
  'withinSeconds',
  'detectionMs',
  'alert',
  'alertWithinSeconds',
];

/** Finds and reads our part of `extensions`; the parts of others are left alone. */
export function parseExtensions(value: Json | undefined, place: Place, known: KnownActivities): DrillPart {
  const parts = readList(value, place, (item, itemPlace) => ({
    place: itemPlace,
    item,
    name: readText(readObject(item, itemPlace).name, within(itemPlace, 'name')),
  })).filter((part) => part.name === 'faultline');
  const [part] = parts;
  if (!part || parts.length > 1) {
    throw invalid(place, 'exactly one entry with name: faultline', `${parts.length} entries`);
  }
  return parsePart(part.item, part.place, known);
}

function parsePart(value: Json, place: Place, known: KnownActivities): DrillPart {
  const fields = readFields(value, place, keys);
  const text = (key: string) => optional(fields[key], null, (given) => readText(given, within(place, key)));
  const fault = fields.fault === null ? null : text('fault');
  const expect = optional(fields.expect, null, (given) => parseExpectation(given, within(place, 'expect')));
  if ((fault === null) !== (expect === null)) {
    const rule = 'a fault together with what to expect of it, or neither in a control';
    throw invalid(place, rule, fault === null ? 'expect without fault' : 'fault without expect');
  }
  const load = readFields(fields.load ?? {}, within(place, 'load'), ['rate', 'exportEvery', 'slowReaders']);
  const loadPlace = within(place, 'load');
  return {
    fault,
    parameters: parseParameters(fields.parameters, within(place, 'parameters')),
    ttl: optional(fields.ttl, 120, (given) => readNumber(given, within(place, 'ttl'), 1, 900)),
    expect,
    besides: readList(fields.besides, within(place, 'besides'), readText),
    mustNotFire: readList(fields.mustNotFire, within(place, 'mustNotFire'), readText),
    runbook: text('runbook'),
    load: {
      rate: optional(load.rate, 20, (given) => readNumber(given, within(loadPlace, 'rate'), 1, 1000)),
      exportEvery: optional(load.exportEvery, 2, (given) =>
        readNumber(given, within(loadPlace, 'exportEvery'), 0.1, 60),
      ),
      slowReaders: optional(load.slowReaders, 0, (given) =>
        readNumber(given, within(loadPlace, 'slowReaders'), 0, 100),
      ),
    },
    behindProxy: readList(fields.behindProxy, within(place, 'behindProxy'), parseBehindProxy),
    heapMb: optional(fields.heapMb, null, (given) => readNumber(given, within(place, 'heapMb'), 64, 65_536)),
    containerMb: optional(fields.containerMb, null, (given) =>
      readNumber(given, within(place, 'containerMb'), 64, 65_536),
    ),
    descriptors: optional(fields.descriptors, null, (given) =>
      readNumber(given, within(place, 'descriptors'), 128, 65_536),
    ),
    watchSeconds: optional(fields.watchSeconds, 20, (given) =>
      readNumber(given, within(place, 'watchSeconds'), 1, 3_600),
    ),
    stopConditions: readList(fields.stopConditions, within(place, 'stopConditions'), (item, itemPlace) =>
      parseJudgedProbe(item, itemPlace, known),
    ),
  };
}

function parseBehindProxy(value: Json, place: Place): 'pricing' {
  if (value === 'pricing') return value;
  throw invalid(place, 'pricing, the one part of the demo that can stand behind the TCP proxy', value);
}

function parseParameters(value: Json | undefined, place: Place): Readonly<Record<string, number>> {
  const entries = Object.entries(readObject(value ?? {}, place));
  return Object.fromEntries(
    entries.map(([name, number]) => [name, readNumber(number, within(place, name), -1e12, 1e12)]),
  );
}

function parseExpectation(value: Json, place: Place): Expectation {
  const fields = readFields(value, place, expectKeys);
  const text = (key: string) => optional(fields[key], null, (given) => readText(given, within(place, key)));
  const seconds = (key: string, fallback: number) =>
    optional(fields[key], fallback, (given) => readNumber(given, within(place, key), 0.1, 600));
  return {
    incident: readText(fields.incident, within(place, 'incident')),
    cause: text('cause'),
    culprit: optional(fields.culprit, null, (given) => parseCulprit(given, within(place, 'culprit'))),
    request: text('request'),
    withinSeconds: seconds('withinSeconds', 15),
    detectionMs: optional(fields.detectionMs, null, (given) =>
      readNumber(given, within(place, 'detectionMs'), 1, 600_000),
    ),
    alert: text('alert'),
    alertWithinSeconds: seconds('alertWithinSeconds', 60),
  };
}

function parseCulprit(value: Json, place: Place): ExpectedCulprit {
  const fields = readFields(value, place, ['type', 'file', 'function', 'lines', 'source']);
  const text = (key: string) => optional(fields[key], null, (given) => readText(given, within(place, key)));
  const names = typeof fields.function === 'string' ? [fields.function] : fields.function;
  return {
    type: text('type') ?? 'code',
    file: text('file'),
    function: readList(names, within(place, 'function'), readText),
    lines: optional(fields.lines, null, (given) => parseLines(given, within(place, 'lines'))),
    source: optional(fields.source, null, (given) => parsePattern(given, within(place, 'source'))),
  };
}

function parseLines(value: Json, place: Place): readonly [number, number] {
  const [first, last, ...more] = readList(value, place, (item, at) => readNumber(item, at, 1, 1e6));
  if (first !== undefined && last !== undefined && first <= last && more.length === 0) return [first, last];
  throw invalid(place, 'a pair of line numbers, the first one first', value);
}

function parsePattern(value: Json, place: Place): string {
  const pattern = readText(value, place);
  try {
    new RegExp(pattern);
    return pattern;
  } catch {
    throw invalid(place, 'a regular expression', pattern);
  }
}
