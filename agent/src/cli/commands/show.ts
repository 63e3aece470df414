import { incidentCatalog } from '../../catalog/incidents.js';
import type { Incident, IncidentList } from '../../protocol/incident.js';
import { usageError } from '../arguments.js';
import { type AgentClient, connect } from '../client.js';
import type { Command } from '../command.js';
import { describe } from '../describe-incident.js';

/** Shows one verdict whole. */
export const show: Command = {
  name: 'show',
  usage: 'show ID|KIND|latest',
  summary: 'show one verdict: culprit, route, numbers, what was ruled out, evidence, runbook',
  async run({ typed, environment, print }) {
    const [id] = typed.operands;
    if (id === undefined) throw usageError('show wants the id of an incident, a kind, or "latest".');
    const client = connect(typed, environment);
    const incident =
      id === 'latest' || id in incidentCatalog
        ? await findNewest(client, id)
        : await client.get<Incident>(`/incidents/${encodeURIComponent(id)}`);
    if (incident === null) print(typed.json ? 'null' : 'No incident since the process started.');
    else print(typed.json ? JSON.stringify(incident) : describe(incident, client.url));
    return incident === null ? 1 : 0;
  },
};

/** The list has open incidents first, so the first one, or the first one of a kind, is the one that matters now. */
async function findNewest(client: AgentClient, wanted: string): Promise<Incident | null> {
  const { incidents } = await client.get<IncidentList>('/incidents');
  return incidents.find(({ kind }) => wanted === 'latest' || kind === wanted) ?? null;
}
