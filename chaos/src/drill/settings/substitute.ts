import { DrillError } from '../errors.js';
import type { Json } from '../experiment.js';
import type { ResolvedSettings } from './resolve.js';

/** Names and values that an activity may use: the whole configuration, and the groups of secrets that it names. */
export function variablesFor(
  settings: ResolvedSettings,
  secretGroups: readonly string[],
): ReadonlyMap<string, Json> {
  const variables = new Map<string, Json>(Object.entries(settings.configuration));
  for (const group of secretGroups) {
    for (const [name, value] of Object.entries(settings.secrets[group] ?? {})) variables.set(name, value);
  }
  return variables;
}

/** Replaces `${name}` in every text of a value; `$$` is one dollar sign. A text that is nothing but one variable
 *  takes the variable's own type.
 *  @throws DrillError `setting-missing` for a name that does not exist: a typo must not become part of a URL. */
export function substitute<T extends Json>(value: T, variables: ReadonlyMap<string, Json>, where: string): T;
export function substitute(value: Json, variables: ReadonlyMap<string, Json>, where: string): Json {
  if (typeof value === 'string') return substituteText(value, variables, where);
  if (Array.isArray(value)) return value.map((item: Json) => substitute(item, variables, where));
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [key, substitute(item, variables, where)]),
    );
  }
  return value;
}

function substituteText(text: string, variables: ReadonlyMap<string, Json>, where: string): Json {
  const whole = /^\$\{([\w.-]+)\}$/.exec(text)?.[1];
  if (whole !== undefined) return lookUp(whole, variables, where);
  return text.replace(/\$\$|\$\{([\w.-]+)\}/g, (match, name: string | undefined) => {
    if (name === undefined) return match === '$$' ? '$' : match;
    const value = lookUp(name, variables, where);
    return typeof value === 'string' ? value : JSON.stringify(value);
  });
}

function lookUp(name: string, variables: ReadonlyMap<string, Json>, where: string): Json {
  const value = variables.get(name);
  if (value !== undefined) return value;
  const known = [...variables.keys()].join(', ') || 'none';
  throw new DrillError('setting-missing', `${where}: no setting \${${name}}; known here: ${known}`);
}
