import { existsSync, readFileSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import type { Incident } from '@faultline/agent';
import type { Expectation } from '../experiment.js';
import { type Look, waitFor } from '../wait.js';
import { type DrillContext, fail } from './context.js';
import { complaintsAbout } from './judge-incident.js';

/** Unit: ms. */
const lookEveryMs = 50;

/** Waits for the expected incident and compares it, part by part, with what the drill expects. The agent may add
 *  to an incident as the block goes on, so a difference counts only when it is still there at the end. */
export async function expectIncident(context: DrillContext, expect: Expectation): Promise<void> {
  const { record, progress, signal, root } = context;
  progress.doing(`waiting for the incident ${expect.incident}`);
  const readSource = (file: string) => {
    const path = isAbsolute(file) ? file : join(root, file);
    return existsSync(path) ? readFileSync(path, 'utf8') : null;
  };
  const endsAt = performance.now() + expect.withinSeconds * 1000;
  const lastLook = () => performance.now() >= endsAt - lookEveryMs;
  await waitFor({
    what: `the incident ${expect.incident} opens`,
    withinMs: expect.withinSeconds * 1000,
    everyMs: lookEveryMs,
    signal,
    async look(): Promise<Look<Incident>> {
      const incident = await findIncident(context, expect);
      if (incident === null) return { seen: await describeIncidents(context) };
      record.incident = incident;
      const complaints = complaintsAbout(incident, expect, readSource);
      if (complaints.length === 0) return { found: incident };
      if (!lastLook()) return { seen: complaints.join('; ') };
      for (const complaint of complaints) fail(context, complaint);
      return { found: incident };
    },
  });
  checkDetection(context, expect);
  progress.passed(`the incident is open: ${record.incident?.title}`);
}

/** Measures again from the newest state: hits are read less often than incidents are looked at. */
function checkDetection(context: DrillContext, { detectionMs }: Expectation): void {
  const { record } = context;
  const { incident } = record;
  if (incident === null) return;
  const openedAtMs = Date.parse(incident.openedAt);
  const hits = [...record.hitsAtMs].sort((a, b) => a - b);
  const [first] = hits;
  // The newest harm before the opening is what opened it; later harm of the same kind cannot have.
  const cause = hits.filter((hit) => hit <= openedAtMs).at(-1) ?? first;
  if (cause === undefined || first === undefined) return;
  const delayMs = Math.max(0, openedAtMs - cause);
  record.timings.faultToIncidentMs = delayMs;
  const visibleAtMs = record.visibleAtMs.get(incident.id);
  if (visibleAtMs !== undefined) record.timings.faultToVisibleMs = Math.max(0, visibleAtMs - cause);
  if (cause !== first) {
    record.notes.push(
      `The incident was opened by a later run of the faulty code, ${cause - first} ms after the first; faultToIncidentMs counts from that run.`,
    );
  }
  if (openedAtMs < cause) {
    record.notes.push(
      `The incident was open ${cause - openedAtMs} ms before the fault's own signal: the service was blocked already.`,
    );
  }
  if (detectionMs !== null && delayMs > detectionMs) {
    fail(
      context,
      `the incident opened ${delayMs} ms after the harm; at most ${detectionMs} ms were expected`,
    );
  }
}

async function findIncident(
  { agent, record, signal }: DrillContext,
  expect: Expectation,
): Promise<Incident | null> {
  const incidents = await agent.incidents(signal);
  const chosen = incidents.find((incident) => incident.id === record.incident?.id);
  if (chosen) return chosen;
  const fresh = incidents.filter(
    (incident) => incident.kind === expect.incident && !record.unexpectedIncidents.has(incident.id),
  );
  // The one with the expected cause is meant, if there is a choice.
  return fresh.find((incident) => incident.cause === expect.cause) ?? fresh[0] ?? null;
}

async function describeIncidents({ agent, signal }: DrillContext): Promise<string> {
  const incidents = await agent.incidents(signal);
  if (incidents.length === 0) return 'no incident at all';
  return incidents.map(({ kind, cause, title }) => `${kind} (${cause}): ${title}`).join('; ');
}
