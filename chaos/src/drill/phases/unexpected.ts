import type { DrillContext } from './context.js';
import { fail } from './context.js';

/** Looks for incidents and alerts that this drill does not expect, and notes each of them once. The expected
 *  incident counts only as the one that was opened by the fault: a second one of its kind is unexpected too. */
export async function noteUnexpected(context: DrillContext): Promise<void> {
  const { record, agent, experiment, signal } = context;
  const incidents = await agent.incidents(signal);
  const expected = experiment.drill.expect?.incident ?? null;
  for (const incident of incidents) {
    if (incident.id === record.incident?.id) continue;
    // Until the drill has chosen its incident, one of the right kind may be it.
    if (record.incident === null && incident.kind === expected && record.hitsAtMs.length > 0) continue;
    if (experiment.drill.besides.includes(incident.kind) && record.hitsAtMs.length > 0) continue;
    if (record.unexpectedIncidents.has(incident.id)) continue;
    record.unexpectedIncidents.set(incident.id, incident);
    const what = lookAlike(context, incident.kind) ?? 'unexpected incident';
    fail(context, `${what} ${incident.kind} (${incident.cause}): ${incident.title}`);
  }
  noteUnexpectedAlerts(context);
}

/** The same for alerts alone. */
export function noteUnexpectedAlerts(context: DrillContext): void {
  const { record, alerting, experiment } = context;
  if ('skipped' in alerting) return;
  for (const { name, annotations } of alerting.seen()) {
    record.firedAlerts.add(name);
    if (name === experiment.drill.expect?.alert || experiment.drill.besides.includes(name)) continue;
    if (record.unexpectedAlerts.has(name)) continue;
    record.unexpectedAlerts.add(name);
    const what = lookAlike(context, name) ?? 'unexpected alert';
    fail(context, `${what} ${name}: ${annotations.summary ?? annotations.description ?? 'no summary'}`);
  }
}

/** Look-alikes that the drill names are the worse mistake: the diagnosis has confused two kinds. */
function lookAlike({ experiment }: DrillContext, name: string): string | null {
  return experiment.drill.mustNotFire.includes(name) ? 'look-alike that must not fire:' : null;
}
