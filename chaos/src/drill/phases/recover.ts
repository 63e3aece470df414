import type { Incident } from '@faultline/agent';
import { type Look, waitFor } from '../wait.js';
import { type DrillContext, fail } from './context.js';

/** Unit: ms. An incident is resolved some time after its last finding; this is well past every kind's time. */
const resolvedWithinMs = 60_000;

/** Waits until the incident is resolved.
 *  @throws DrillError `expectation-missed`. */
export async function expectResolved(context: DrillContext, mitigatedAtMs: number): Promise<void> {
  const { record, agent, progress, signal } = context;
  const id = record.incident?.id;
  if (id === undefined) return;
  progress.doing('waiting for the incident to be resolved');
  const incident = await waitFor({
    what: 'the incident is resolved',
    withinMs: resolvedWithinMs,
    everyMs: 500,
    signal,
    async look(): Promise<Look<Incident>> {
      const found = (await agent.incidents(signal)).find((one) => one.id === id);
      if (!found) return { seen: 'the agent does not know the incident any more' };
      return found.status === 'resolved'
        ? { found }
        : { seen: `it is open, last seen at ${found.updatedAt}: ${found.title}` };
    },
  });
  record.incident = incident;
  if (incident.resolvedAt === null) fail(context, 'the incident is resolved but does not say when');
  else record.timings.mitigationToRecoveryMs = Math.max(0, Date.parse(incident.resolvedAt) - mitigatedAtMs);
  progress.passed('the incident is resolved');
}
