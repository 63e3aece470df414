import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Alerting, SeenAlert } from '../alerts/alerting.js';
import type { Expectation } from '../experiment.js';
import { type Look, waitFor } from '../wait.js';
import { type DrillContext, fail } from './context.js';

/** Waits until the expected alert has reached Alertmanager, and checks that its runbook link leads to the page. */
export async function expectAlert(
  context: DrillContext,
  alerting: Alerting,
  expect: Expectation,
): Promise<void> {
  const { record, progress, signal } = context;
  const name = expect.alert;
  if (name === null) return;
  progress.doing(`waiting for the alert ${name}`);
  const alert = await waitFor({
    what: `the alert ${name} fires`,
    withinMs: expect.alertWithinSeconds * 1000,
    everyMs: 500,
    signal,
    look: (): Look<SeenAlert> => {
      const seen = alerting.seen();
      const found = seen.find((one) => one.name === name && one.notified);
      if (found) return { found };
      if (seen.some((one) => one.name === name))
        return { seen: 'it fires, but has not reached Alertmanager' };
      return { seen: seen.map((one) => one.name).join(', ') || 'no alert at all' };
    },
  });
  record.firedAlerts.add(name);
  const [firstHit] = record.hitsAtMs;
  if (firstHit !== undefined) record.timings.faultToAlertMs = Math.max(0, alert.firedAtMs - firstHit);
  const expected = alert.labels.incident;
  if (expected !== undefined && expected !== record.incident?.kind) {
    fail(context, `the alert ${name} names the incident ${expected}, not ${record.incident?.kind ?? 'any'}`);
  }
  checkLink(context, `the alert ${name}`, alert.annotations.runbook_url ?? null);
  progress.passed(`the alert ${name} fires and has reached Alertmanager`);
}

/** Waits until the alert has ended.
 *  @throws DrillError `expectation-missed`. */
export async function expectAlertResolved(
  { record, progress, signal }: DrillContext,
  alerting: Alerting,
  expect: Expectation,
  mitigatedAtMs: number,
): Promise<void> {
  const name = expect.alert;
  if (name === null || !record.firedAlerts.has(name)) return;
  progress.doing(`waiting for the end of the alert ${name}`);
  await waitFor({
    what: `the alert ${name} ends`,
    withinMs: expect.alertWithinSeconds * 1000,
    everyMs: 500,
    signal,
    look: () =>
      alerting.seen().some((one) => one.name === name && one.firing)
        ? { seen: 'it still fires' }
        : { found: true },
  });
  record.timings.mitigationToAlertResolvedMs = Math.max(0, Date.now() - mitigatedAtMs);
  progress.passed(`the alert ${name} has ended`);
}

/** Checks that a runbook link leads to the drill's page, and that the page exists. */
export function checkLink(context: DrillContext, who: string, link: string | null): void {
  const { experiment, root } = context;
  const page = experiment.drill.runbook;
  if (page === null) return;
  if (link === null || link === '') {
    fail(context, `${who} carries no runbook link`);
    return;
  }
  const file = pageOfLink(link, root);
  if (!existsSync(file)) fail(context, `the runbook link of ${who} leads nowhere: ${link}`);
  else if (file !== join(root, page)) {
    fail(context, `the runbook link of ${who} leads to ${link}, not to ${page}`);
  }
}

/** File of a runbook link. Links into a repository's runbooks folder mean the page of this checkout: what is drilled
 *  is the page that will be published. */
export function pageOfLink(link: string, root: string): string {
  if (link.startsWith('file:')) return fileURLToPath(link);
  const path = /^https?:/.test(link) ? new URL(link).pathname : link;
  const inFolder = /(?:^|\/)(runbooks\/.+)$/.exec(path)?.[1];
  return join(root, decodeURIComponent(inFolder ?? path));
}
