import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { DrillError } from '../errors.js';
import type { Experiment } from '../experiment.js';
import { parseExperiment } from './experiment.js';

/** Ids of the drills in a folder, sorted. */
export async function listDrills(folder: string): Promise<readonly string[]> {
  const files = await readdir(folder);
  return files
    .filter((file) => file.endsWith('.yaml'))
    .map((file) => file.slice(0, -'.yaml'.length))
    .sort();
}

/** Reads one drill of a folder.
 *  @throws DrillError `drill-unknown`, naming the known ones, or `document-invalid`. */
export async function loadDrill(folder: string, id: string, root: string): Promise<Experiment> {
  const known = await listDrills(folder);
  if (!known.includes(id)) {
    const names = known.join(', ') || 'none';
    throw new DrillError('drill-unknown', `No drill ${JSON.stringify(id)}. Known drills: ${names}.`);
  }
  const file = join(folder, `${id}.yaml`);
  return parseExperiment(await readFile(file, 'utf8'), relative(root, file));
}
