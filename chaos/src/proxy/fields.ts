import { badRequest, missingField } from './errors.js';

/** A JSON object. */
export type Fields = Readonly<Record<string, unknown>>;

/** Unit: characters. Longest name of a proxy or a toxic. */
const nameMax = 200;

/** @throws ProxyError 400 when the value is no object. */
export function readFields(value: unknown, what: string): Fields {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return Object.fromEntries(Object.entries(value));
  }
  throw badRequest(`${what} must be a JSON object, got ${show(value)}`);
}

/** A name, also one that will stand in a path of the API.
 *  @throws ProxyError 400 when it is missing or unfit. */
export function readName(fields: Fields, what = 'name'): string {
  const { name } = fields;
  if (name === undefined || name === null || name === '') throw missingField(what);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is refused.
  if (typeof name === 'string' && name.length <= nameMax && !/[/\u0000-\u001f\u007f]/.test(name)) return name;
  throw badRequest(`${what} must be 1 to ${nameMax} characters without a slash, got ${show(name)}`);
}

/** A text, or the fallback when it is not given. */
export function readText(fields: Fields, key: string, fallback: string): string {
  const value = fields[key] ?? fallback;
  if (typeof value === 'string') return value;
  throw badRequest(`${key} must be a text, got ${show(value)}`);
}

/** True or false, or the fallback when it is not given. */
export function readFlag(fields: Fields, key: string, fallback: boolean): boolean {
  const value = fields[key] ?? fallback;
  if (typeof value === 'boolean') return value;
  throw badRequest(`${key} must be true or false, got ${show(value)}`);
}

/** What a number may be. */
export interface Range {
  readonly min: number;
  readonly max: number;
  readonly isWhole: boolean;
}

/** @throws ProxyError 400 that names the field, the range and the value. */
export function readNumber(value: unknown, name: string, { min, max, isWhole }: Range): number {
  const isNumber = typeof value === 'number' && value >= min && value <= max;
  if (isNumber && (!isWhole || Number.isInteger(value))) return value;
  const kind = isWhole ? 'an integer' : 'a number';
  throw badRequest(`${name} must be ${kind} from ${min} to ${max}, got ${show(value)}`);
}

/** Refuses keys that mean nothing: a misspelt one would otherwise be a toxic without effect.
 *  @throws ProxyError 400 that names those which do. */
export function refuseUnknown(fields: Fields, known: readonly string[], what: string): void {
  const wrong = Object.keys(fields).find((key) => !known.includes(key));
  if (wrong === undefined) return;
  throw badRequest(`${what} has no ${show(wrong)}; there are ${known.join(', ')}`);
}

const show = (value: unknown): string => (JSON.stringify(value) ?? 'nothing').slice(0, 200);
