import { incidentCatalog } from '@faultline/agent/catalog';
import { variableRef } from '../dashboards/variables.js';
import { alertsOf, type Emitted, panelsOf } from './emitted.js';
import type { Check, Finding } from './finding.js';

/** Every runbook link of panels and alerts leads to a page that exists. `pages` are the file names in the
 *  repository's runbooks folder. */
export function runbookLinks(pages: readonly string[]): Check {
  return (emitted) => [
    ...linksOf(emitted).flatMap(({ where, url }): Finding[] => {
      const page = url.slice(url.lastIndexOf('/') + 1).replace(variableRef('runbooks', 'raw'), '');
      return pages.includes(page)
        ? []
        : [{ where, message: `runbook link ${url} leads to no page in runbooks/` }];
    }),
    ...alertsOf(emitted)
      .filter(({ rule }) => !rule.annotations.runbook_url?.endsWith(`/${pageOf(rule.labels.incident)}`))
      .map(({ where }) => ({ where, message: 'runbook_url must be the page of its incident' })),
  ];
}

function linksOf(emitted: Emitted): { where: string; url: string }[] {
  return [
    ...panelsOf(emitted).flatMap(({ where, panel }) =>
      (panel.links ?? [])
        .filter(({ title = '' }) => title.startsWith('Runbook'))
        .map(({ url = '' }) => ({ where, url })),
    ),
    ...alertsOf(emitted).map(({ where, rule }) => ({ where, url: rule.annotations.runbook_url ?? '' })),
  ];
}

function pageOf(kind: string | undefined): string | undefined {
  return Object.values(incidentCatalog).find((row) => row.kind === kind)?.runbook;
}
