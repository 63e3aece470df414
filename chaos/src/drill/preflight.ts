import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Environment } from '../safeguards.js';
import { DrillError } from './errors.js';
import type { Experiment } from './experiment.js';
import { missingCommands } from './runbook/commands.js';
import type { Page } from './runbook/page.js';
import { requirePage } from './runbook/parse.js';
import { stepPath } from './runbook/step-path.js';
import { passesWithoutData } from './tolerance/no-data.js';

/** Finds out before anything is started whether the drill can prove anything: its probes must fail without data,
 *  and its page must be one that can be executed here. Answers the page, null for a drill without one.
 *  @throws DrillError `document-invalid` or `page-invalid`. */
export async function checkBeforeStart(
  experiment: Experiment,
  root: string,
  environment: Environment,
): Promise<Page | null> {
  const { hypothesis, drill, file } = experiment;
  for (const probe of [...(hypothesis?.probes ?? []), ...drill.stopConditions]) {
    const what = await passesWithoutData(probe);
    if (what === null) continue;
    throw new DrillError(
      'document-invalid',
      `${file}: the probe "${probe.name}" would pass on ${what}, so it proves nothing`,
    );
  }
  if (drill.runbook === null) return null;
  const text = await readFile(join(root, drill.runbook), 'utf8').catch((cause: unknown) => {
    throw new DrillError('page-invalid', `${drill.runbook}: the page does not exist`, { cause });
  });
  const page = requirePage(text, drill.runbook);
  const missing = missingCommands(page, stepPath(root, environment.PATH ?? ''));
  if (missing.length > 0) throw new DrillError('page-invalid', missing.join('\n'));
  if (drill.expect !== null && page.head.incident !== drill.expect.incident) {
    throw new DrillError(
      'page-invalid',
      `${drill.runbook}:1: the page is about ${page.head.incident}, the drill expects ${drill.expect.incident}`,
    );
  }
  return page;
}
