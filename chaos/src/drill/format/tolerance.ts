import type { Json, Tolerance } from '../experiment.js';
import { jsonPathComplaint } from '../tolerance/jsonpath.js';
import {
  type Fields,
  invalid,
  type Place,
  readFields,
  readList,
  readNumber,
  readObject,
  readText,
  within,
} from './document.js';
import { parseProvider } from './provider.js';

const expected = 'a boolean, a whole number, a text, a list of those, or a probe, regex, jsonpath or range';

/** Reads what a probe's output must be. */
export function parseTolerance(value: Json | undefined, place: Place): Tolerance {
  if (typeof value === 'boolean' || typeof value === 'string') return value;
  if (typeof value === 'number') {
    if (Number.isInteger(value)) return value;
    throw invalid(place, expected, value);
  }
  if (Array.isArray(value)) {
    if (value.length === 0) throw invalid(place, 'a list of at least one value', value);
    return readList(value, place, readScalar);
  }
  if (typeof value !== 'object' || value === null) throw invalid(place, expected, value);
  const { type } = readObject(value, place);
  if (type === 'regex') return parseRegex(value, place);
  if (type === 'jsonpath') return parseJsonPath(value, place);
  if (type === 'range') return parseRange(value, place);
  if (type === 'probe') {
    const fields = readFields(value, place, ['type', 'name', 'provider']);
    return {
      type: 'probe',
      name: readText(fields.name, within(place, 'name')),
      provider: parseProvider(fields.provider, within(place, 'provider')),
    };
  }
  throw invalid(within(place, 'type'), 'probe, regex, jsonpath or range', type);
}

function readScalar(item: Json, place: Place): boolean | number | string {
  if (typeof item === 'boolean' || typeof item === 'number' || typeof item === 'string') return item;
  throw invalid(place, 'a boolean, a number or a text', item);
}

function readTarget(fields: Fields, place: Place): { readonly target?: string } {
  return fields.target === undefined ? {} : { target: readText(fields.target, within(place, 'target')) };
}

function parseRegex(value: Json, place: Place): Tolerance {
  const fields = readFields(value, place, ['type', 'pattern', 'target']);
  const pattern = readText(fields.pattern, within(place, 'pattern'));
  try {
    new RegExp(pattern);
  } catch {
    throw invalid(within(place, 'pattern'), 'a regular expression', pattern);
  }
  return { type: 'regex', pattern, ...readTarget(fields, place) };
}

function parseJsonPath(value: Json, place: Place): Tolerance {
  const fields = readFields(value, place, ['type', 'path', 'expect', 'count', 'target']);
  const path = readText(fields.path, within(place, 'path'));
  const complaint = jsonPathComplaint(path);
  if (complaint) throw invalid(within(place, 'path'), complaint, path);
  const count = fields.count;
  return {
    type: 'jsonpath',
    path,
    ...(fields.expect === undefined ? {} : { expect: fields.expect }),
    ...(count === undefined ? {} : { count: readNumber(count, within(place, 'count'), 0, 1e6) }),
    ...readTarget(fields, place),
  };
}

function parseRange(value: Json, place: Place): Tolerance {
  const fields = readFields(value, place, ['type', 'range', 'target']);
  const rangePlace = within(place, 'range');
  const limits = readList(fields.range, rangePlace, (item, at) => readNumber(item, at, -1e15, 1e15));
  const [min, max] = limits;
  if (min === undefined || max === undefined || limits.length !== 2 || min > max) {
    throw invalid(rangePlace, 'a pair of numbers, the smaller first', fields.range);
  }
  return { type: 'range', range: [min, max], ...readTarget(fields, place) };
}
