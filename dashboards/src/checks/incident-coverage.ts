import { type IncidentKind, incidentCatalog } from '@faultline/agent/catalog';
import { runbookLink } from '../runbooks.js';
import { alertsOf, panelsOf } from './emitted.js';
import type { Check } from './finding.js';

/** Kinds of the catalog. */
function incidentKinds(): readonly IncidentKind[] {
  return Object.values(incidentCatalog).map(({ kind }) => kind);
}

/** Every kind of incident has its alert in every rule file, and a panel that links to its runbook. */
export const incidentCoverage: Check = (emitted) => {
  const alerts = alertsOf(emitted);
  const links = panelsOf(emitted).flatMap(({ panel }) => (panel.links ?? []).map(({ url = '' }) => url));
  return incidentKinds().flatMap((kind) => [
    ...emitted.rules
      .filter(({ path }) => !alerts.some((one) => one.path === path && isAlertOf(kind, one.rule)))
      .map(({ path }) => ({
        where: path,
        message: `has no alert ${incidentCatalog[kind].alert} for ${kind}`,
      })),
    ...(links.some((url) => url.endsWith(`${runbookLink(kind, '')}`))
      ? []
      : [{ where: kind, message: 'no panel links to its runbook' }]),
  ]);
};

function isAlertOf(
  kind: IncidentKind,
  rule: { alert: string; labels: Readonly<Record<string, string>> },
): boolean {
  return rule.alert === incidentCatalog[kind].alert && rule.labels.incident === kind;
}
