import type { Json } from '../experiment.js';
import type { Setting, Settings } from '../settings/settings.js';
import { invalid, type Place, readFields, readObject, readText, readWord, within } from './document.js';

const valueTypes = ['str', 'int', 'float', 'bool', 'json'] as const;

/** Reads `configuration` and `secrets`. */
export function parseSettings(
  configuration: Json | undefined,
  secrets: Json | undefined,
  place: Place,
): Settings {
  return {
    configuration: parseGroup(configuration, within(place, 'configuration')),
    secrets: parseSecrets(secrets, within(place, 'secrets')),
  };
}

function parseGroup(value: Json | undefined, place: Place): Readonly<Record<string, Setting>> {
  if (value === undefined) return {};
  const entries = Object.entries(readObject(value, place));
  return Object.fromEntries(
    entries.map(([name, setting]) => {
      if (!/^[\w.-]+$/.test(name))
        throw invalid(within(place, name), 'a name of letters, digits, . _ -', name);
      return [name, parseSetting(setting, within(place, name))];
    }),
  );
}

function parseSecrets(value: Json | undefined, place: Place): Settings['secrets'] {
  if (value === undefined) return {};
  const groups = Object.entries(readObject(value, place));
  return Object.fromEntries(groups.map(([group, rows]) => [group, parseGroup(rows, within(place, group))]));
}

/** An object with a `type` says where the value comes from; everything else is the value itself. */
function parseSetting(value: Json, place: Place): Setting {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return { kind: 'literal', value };
  const { type } = readObject(value, place);
  if (type === undefined) return { kind: 'literal', value };
  if (type !== 'env') {
    throw invalid(
      within(place, 'type'),
      'env (values from vaults or Python functions are not supported)',
      type,
    );
  }
  const fields = readFields(value, place, ['type', 'key', 'default', 'env_var_type']);
  const typePlace = within(place, 'env_var_type');
  return {
    kind: 'env',
    key: readText(fields.key, within(place, 'key')),
    fallback: fields.default,
    as: fields.env_var_type === undefined ? 'str' : readWord(fields.env_var_type, typePlace, valueTypes),
  };
}
