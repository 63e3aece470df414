import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { incidentCatalog } from '@faultline/agent/catalog';
import { parse as parseYaml } from 'yaml';
import { missingCommands } from './commands.js';
import { brokenLinks } from './links.js';
import { unknownMetrics } from './metrics.js';
import { type Page, requiredSections } from './page.js';
import { parsePage } from './parse.js';
import { stepPath } from './step-path.js';

/** Files of the folder that are no pages for an incident. */
const otherFiles = new Set(['README.md', 'TEMPLATE.md']);

/** What became of the check. */
export interface PagesCheck {
  readonly pages: readonly string[];
  /** One complaint an entry, as `file:line: what`; empty when every page is sound. */
  readonly problems: readonly string[];
}

/** Checks every runbook page without executing it: sections in their order, steps with names and expectations,
 *  commands that exist, links that lead somewhere, metrics of the catalog, drills that exist. */
export function checkRunbooks(root: string, path = process.env.PATH ?? ''): PagesCheck {
  const folder = join(root, 'runbooks');
  const files = existsSync(folder)
    ? readdirSync(folder).filter((file) => file.endsWith('.md') && !otherFiles.has(file))
    : [];
  if (files.length === 0) return { pages: [], problems: ['runbooks: there is no page to check'] };
  const recorded = recordedSeries(join(root, 'dashboards/out/prometheus'));
  const problems = files.flatMap((file) => {
    const absolute = join(folder, file);
    const { page, problems: found } = parsePage(readFileSync(absolute, 'utf8'), relative(root, absolute));
    return [
      ...found,
      ...misplacedSections(page),
      ...missingCommands(page, stepPath(root, path)),
      ...brokenLinks(page, absolute),
      ...unknownMetrics(page, recorded),
      ...unknownDrills(page, root),
      ...unknownIncident(page, file),
    ];
  });
  return { pages: files, problems };
}

function misplacedSections({ file, headings }: Page): readonly string[] {
  const problems: string[] = [];
  let previousLine = 0;
  for (const title of requiredSections) {
    const heading = headings.find((one) => one.title === title);
    if (!heading) problems.push(`${file}:1: the section "${title}" is missing`);
    else if (heading.line < previousLine) {
      problems.push(`${file}:${heading.line}: the section "${title}" stands too early`);
    } else previousLine = heading.line;
  }
  return problems;
}

/** A page is found by the name that the catalog gives its incident. */
function unknownIncident({ file, head }: Page, name: string): readonly string[] {
  const row = Object.values(incidentCatalog).find((one) => one.kind === head.incident);
  if (!row) return [`${file}:1: front matter: the incident ${head.incident} is not in the catalog`];
  const problems =
    row.runbook === name ? [] : [`${file}:1: the page of ${row.kind} is called ${row.runbook}`];
  const hasAlert = head.alerts.includes(row.alert);
  return hasAlert ? problems : [...problems, `${file}:1: front matter: the alert ${row.alert} is missing`];
}

function unknownDrills({ file, head }: Page, root: string): readonly string[] {
  return head.drills
    .filter((drill) => !existsSync(join(root, 'chaos/drills', `${drill}.yaml`)))
    .map((drill) => `${file}:1: front matter: there is no drill ${drill}`);
}

/** Names of the recording rules in a folder of rendered rule files and its subfolders. */
function recordedSeries(folder: string): ReadonlySet<string> {
  if (!existsSync(folder)) return new Set();
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) =>
    /\.ya?ml$/.test(file),
  );
  const names = files.flatMap((file) => {
    const text = readFileSync(join(folder, file), 'utf8');
    return [...text.matchAll(/^\s*(?:- )?record:\s*(\S+)/gm)].map((match) =>
      String(parseYaml(match[1] ?? '')),
    );
  });
  return new Set(names);
}
