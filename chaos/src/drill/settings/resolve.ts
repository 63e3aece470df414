import type { Environment } from '../../safeguards.js';
import { DrillError } from '../errors.js';
import type { Json } from '../experiment.js';
import type { Setting, Settings } from './settings.js';

/** Settings with their values. */
export interface ResolvedSettings {
  readonly configuration: Readonly<Record<string, Json>>;
  readonly secrets: Readonly<Record<string, Readonly<Record<string, Json>>>>;
}

/** Looks every setting up.
 *  @throws DrillError `setting-missing`, naming the setting and the environment variable. */
export function resolveSettings(settings: Settings, environment: Environment): ResolvedSettings {
  const resolveAll = (rows: Readonly<Record<string, Setting>>, where: string) =>
    Object.fromEntries(
      Object.entries(rows).map(([name, row]) => [name, resolve(row, `${where}.${name}`, environment)]),
    );
  return {
    configuration: resolveAll(settings.configuration, 'configuration'),
    secrets: Object.fromEntries(
      Object.entries(settings.secrets).map(([group, rows]) => [group, resolveAll(rows, `secrets.${group}`)]),
    ),
  };
}

function resolve(setting: Setting, where: string, environment: Environment): Json {
  if (setting.kind === 'literal') return setting.value;
  const text = environment[setting.key];
  if (text === undefined) {
    if (setting.fallback !== undefined) return setting.fallback;
    throw new DrillError(
      'setting-missing',
      `${where}: the environment variable ${setting.key} is needed and is not set`,
    );
  }
  const value = convert(text, setting.as);
  if (value === undefined) {
    throw new DrillError(
      'setting-missing',
      `${where}: the environment variable ${setting.key} must be ${setting.as}, got ${JSON.stringify(text)}`,
    );
  }
  return value;
}

function convert(text: string, as: 'str' | 'int' | 'float' | 'bool' | 'json'): Json | undefined {
  if (as === 'str') return text;
  if (as === 'int') return /^[+-]?\d+$/.test(text) ? Number(text) : undefined;
  if (as === 'float') return text.trim() !== '' && Number.isFinite(Number(text)) ? Number(text) : undefined;
  if (as === 'bool') {
    if (/^(true|1|yes)$/i.test(text)) return true;
    return /^(false|0|no)$/i.test(text) ? false : undefined;
  }
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
