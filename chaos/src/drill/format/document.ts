import { DrillError } from '../errors.js';
import type { Json } from '../experiment.js';

/** Where in which file a value stands, so that every complaint can say so. */
export interface Place {
  readonly file: string;
  /** Such as `method[0].provider.url`; empty for the whole document. */
  readonly path: string;
}

/** An object of the document whose keys have been checked. */
export type Fields = Readonly<Record<string, Json>>;

const at = (place: Place, key: string | number): Place => {
  const step = typeof key === 'number' ? `[${key}]` : place.path === '' ? key : `.${key}`;
  return { file: place.file, path: place.path + step };
};

/** The place of a member. */
export const within = at;

const shown = (value: unknown): string => {
  if (value === undefined) return 'nothing';
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
};

/** Complains about one value: file, place, what was expected, what was found. */
export function invalid(place: Place, expected: string, found: unknown): DrillError {
  const where = place.path === '' ? 'the document' : place.path;
  return new DrillError(
    'document-invalid',
    `${place.file}: ${where}: expected ${expected}, found ${shown(found)}`,
  );
}

/** An object with these keys and no others. */
export function readFields(value: Json | undefined, place: Place, keys: readonly string[]): Fields {
  const fields = readObject(value, place);
  const unknown = Object.keys(fields).find((key) => !keys.includes(key));
  if (unknown !== undefined) throw invalid(at(place, unknown), `one of the keys ${keys.join(', ')}`, unknown);
  return fields;
}

/** An object with any keys. */
export function readObject(value: Json | undefined, place: Place): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw invalid(place, 'an object', value);
  }
  return Object.fromEntries(Object.entries(value));
}

/** A list; nothing is an empty one. */
export function readList<T>(
  value: Json | undefined,
  place: Place,
  readItem: (item: Json, place: Place) => T,
): readonly T[] {
  if (value === undefined) return [];
  if (!Array.isArray(value)) throw invalid(place, 'a list', value);
  return value.map((item: Json, index) => readItem(item, at(place, index)));
}

/** A text that is not empty. */
export function readText(value: Json | undefined, place: Place): string {
  if (typeof value === 'string' && value.trim() !== '') return value;
  throw invalid(place, 'a text', value);
}

/** A number within limits. */
export function readNumber(value: Json | undefined, place: Place, min: number, max: number): number {
  if (typeof value === 'number' && value >= min && value <= max) return value;
  throw invalid(place, `a number between ${min} and ${max}`, value);
}

/** True or false; nothing is the fallback. */
export function readBoolean(value: Json | undefined, place: Place, fallback: boolean): boolean {
  if (value === undefined) return fallback;
  if (typeof value === 'boolean') return value;
  throw invalid(place, 'true or false', value);
}

/** One of these words. */
export function readWord<Word extends string>(
  value: Json | undefined,
  place: Place,
  words: readonly Word[],
): Word {
  const found = words.find((word) => word === value);
  if (found !== undefined) return found;
  throw invalid(place, `one of ${words.join(', ')}`, value);
}

/** A value that may be left out. */
export function optional<T, Fallback>(
  value: Json | undefined,
  fallback: Fallback,
  read: (value: Json) => T,
): T | Fallback {
  return value === undefined ? fallback : read(value);
}
