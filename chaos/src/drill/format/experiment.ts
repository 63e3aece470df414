import { basename } from 'node:path';
import { parseDocument } from 'yaml';
import { DrillError } from '../errors.js';
import type { Experiment, Hypothesis, Json } from '../experiment.js';
import { type KnownActivities, parseActivity, parseJudgedProbe, refuseControls } from './activity.js';
import {
  invalid,
  type Place,
  readFields,
  readList,
  readObject,
  readText,
  readWord,
  within,
} from './document.js';
import { parseExtensions } from './extension.js';
import { parseSettings } from './settings.js';

const keys = [
  'version',
  'title',
  'description',
  'tags',
  'configuration',
  'secrets',
  'contributions',
  'extensions',
  'controls',
  'steady-state-hypothesis',
  'method',
  'rollbacks',
];

/** Reads a drill file: an experiment in Chaos Toolkit's format with an extension named `faultline`.
 *  @throws DrillError `document-invalid`, naming file, place, what was expected and what was found. */
export function parseExperiment(text: string, file: string): Experiment {
  const document = parseYaml(text, file);
  const place: Place = { file, path: '' };
  const fields = readFields(document, place, keys);
  if (fields.version !== undefined) readWord(fields.version, within(place, 'version'), ['1.0.0']);
  readList(fields.tags, within(place, 'tags'), readText);
  checkContributions(fields.contributions, within(place, 'contributions'));
  refuseControls(fields.controls, within(place, 'controls'));

  const known: KnownActivities = new Map();
  const activities = (key: 'method' | 'rollbacks') =>
    readList(fields[key], within(place, key), (item, itemPlace) => parseActivity(item, itemPlace, known));
  if (fields.method === undefined) throw invalid(within(place, 'method'), 'a list of activities', undefined);
  const settings = parseSettings(fields.configuration, fields.secrets, place);
  const experiment: Experiment = {
    id: basename(file).replace(/\.ya?ml$/, ''),
    file,
    title: readText(fields.title, within(place, 'title')),
    description: readText(fields.description, within(place, 'description')),
    settings,
    hypothesis: parseHypothesis(fields['steady-state-hypothesis'], place, known),
    method: activities('method'),
    rollbacks: activities('rollbacks'),
    drill: parseExtensions(fields.extensions, within(place, 'extensions'), known),
    document,
  };
  for (const activity of known.values()) {
    const missing = activity.secrets.find((group) => !Object.hasOwn(settings.secrets, group));
    if (missing !== undefined) {
      const groups = Object.keys(settings.secrets).join(', ') || 'none';
      throw invalid(
        within(place, 'secrets'),
        `the group that "${activity.name}" uses (${groups} given)`,
        missing,
      );
    }
  }
  return experiment;
}

function parseYaml(text: string, file: string): Json {
  const document = parseDocument(text, { prettyErrors: true });
  const [error] = document.errors;
  if (error) throw new DrillError('document-invalid', `${file}: not YAML: ${error.message.split('\n')[0]}`);
  // Through JSON, so that nothing but plain values remains: YAML could hold dates and maps.
  return JSON.parse(JSON.stringify(document.toJS({ maxAliasCount: 100 }) ?? null));
}

function parseHypothesis(value: Json | undefined, parent: Place, known: KnownActivities): Hypothesis | null {
  if (value === undefined) return null;
  const place = within(parent, 'steady-state-hypothesis');
  const fields = readFields(value, place, ['title', 'probes', 'controls']);
  refuseControls(fields.controls, within(place, 'controls'));
  return {
    title: readText(fields.title, within(place, 'title')),
    probes: readList(fields.probes, within(place, 'probes'), (item, itemPlace) =>
      parseJudgedProbe(item, itemPlace, known),
    ),
  };
}

function checkContributions(value: Json | undefined, place: Place): void {
  if (value === undefined) return;
  for (const [name, weight] of Object.entries(readObject(value, place))) {
    readWord(weight, within(place, name), ['none', 'low', 'medium', 'high']);
  }
}
