import { type IncidentKind, incidentCatalog } from '@faultline/agent/catalog';

/** Address of the page for an incident kind below `base`, which ends with a slash. */
export function runbookLink(kind: IncidentKind, base: string): string {
  return `${base}${incidentCatalog[kind].runbook}`;
}
