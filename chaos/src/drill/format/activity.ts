import type { Activity, Json } from '../experiment.js';
import {
  invalid,
  optional,
  type Place,
  readBoolean,
  readFields,
  readList,
  readNumber,
  readObject,
  readText,
  readWord,
  within,
} from './document.js';
import { parseProvider } from './provider.js';
import { parseTolerance } from './tolerance.js';

/** Unit: s. */
const maxPause = 600;
const keys = ['type', 'name', 'provider', 'tolerance', 'background', 'pauses', 'controls', 'secrets'];

/** Activities by name that a `ref` may point to. */
export type KnownActivities = Map<string, Activity>;

/** Reads one activity, and remembers it under its name. */
export function parseActivity(value: Json, place: Place, known: KnownActivities): Activity {
  if ('ref' in readObject(value, place)) return resolveReference(value, place, known);
  const fields = readFields(value, place, keys);
  const type = readWord(fields.type, within(place, 'type'), ['probe', 'action']);
  const tolerancePlace = within(place, 'tolerance');
  if (type === 'action' && fields.tolerance !== undefined) {
    throw invalid(tolerancePlace, 'no tolerance, because only probes have one', fields.tolerance);
  }
  refuseControls(fields.controls, within(place, 'controls'));
  const activity: Activity = {
    type,
    name: readText(fields.name, within(place, 'name')),
    provider: parseProvider(fields.provider, within(place, 'provider')),
    tolerance: optional(fields.tolerance, null, (tolerance) => parseTolerance(tolerance, tolerancePlace)),
    background: readBoolean(fields.background, within(place, 'background'), false),
    pauses: parsePauses(fields.pauses, within(place, 'pauses')),
    secrets: readList(fields.secrets, within(place, 'secrets'), readText),
  };
  if (known.has(activity.name)) {
    throw invalid(within(place, 'name'), 'a name that no other activity has', activity.name);
  }
  known.set(activity.name, activity);
  return activity;
}

/** Reads a probe that must have a tolerance: without one it could not fail. */
export function parseJudgedProbe(value: Json, place: Place, known: KnownActivities): Activity {
  const activity = parseActivity(value, place, known);
  if (activity.type !== 'probe') throw invalid(within(place, 'type'), 'probe', activity.type);
  if (activity.tolerance === null) {
    throw invalid(
      within(place, 'tolerance'),
      'a tolerance, because a probe without one cannot fail',
      undefined,
    );
  }
  return activity;
}

/** Controls of the original are Python hooks around each activity; a list that is not empty cannot be honoured. */
export function refuseControls(value: Json | undefined, place: Place): void {
  if (readList(value, place, (item) => item).length > 0) {
    throw invalid(place, 'no controls (they are Python hooks, which are not supported)', value);
  }
}

function resolveReference(value: Json, place: Place, known: KnownActivities): Activity {
  const name = readText(readFields(value, place, ['ref']).ref, within(place, 'ref'));
  const activity = known.get(name);
  if (activity) return activity;
  const names = [...known.keys()].join(', ') || 'none so far';
  throw invalid(within(place, 'ref'), `the name of an activity above (${names})`, name);
}

function parsePauses(value: Json | undefined, place: Place): Activity['pauses'] {
  if (value === undefined) return { before: 0, after: 0 };
  const fields = readFields(value, place, ['before', 'after']);
  const seconds = (key: 'before' | 'after') =>
    optional(fields[key], 0, (number) => readNumber(number, within(place, key), 0, maxPause));
  return { before: seconds('before'), after: seconds('after') };
}
