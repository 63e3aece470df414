import type { EvidenceItem, Incident } from '../protocol/incident.js';
import type { CpuProfile } from './evidence/cpu-profile.js';
import type { EvidenceStore } from './evidence/store.js';

/** A file of an incident, written as JSON. */
export interface EvidenceFile {
  readonly name: string;
  readonly content: unknown;
}

/** Writes files of an incident, in their order. */
export type EvidenceKeeper = (incident: Incident, files: readonly EvidenceFile[]) => void;

/** Stacks with what they were taken for, and as a profile if there are any. */
export function stacksOf({ id }: Incident, content: object, profile: CpuProfile): EvidenceFile[] {
  const stacks: EvidenceFile = { name: 'stacks.json', content: { incident: id, ...content } };
  return profile.samples.length === 0 ? [stacks] : [stacks, { name: 'stacks.cpuprofile', content: profile }];
}

/** Writes files of an incident and attaches them to it, one after the other. What cannot be written is told to
 *  `onError`, and the rest is given up. */
export function createEvidenceKeeper(
  store: EvidenceStore,
  attach: (incidentId: string, item: EvidenceItem) => void,
  onError: (error: unknown) => void,
): EvidenceKeeper {
  const keep = async ({ id }: Incident, files: readonly EvidenceFile[]): Promise<void> => {
    for (const { name, content } of files) {
      const text = `${JSON.stringify(content, null, 1)}\n`;
      attach(id, await store.write(id, name, 'application/json', text));
    }
  };
  return (incident, files) => void keep(incident, files).catch(onError);
}
