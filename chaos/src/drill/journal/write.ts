import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Redactor } from '../redact.js';
import { reportHtml } from '../report/html.js';
import { reportMarkdown } from '../report/markdown.js';
import type { Journal } from './journal.js';

/** Path of the journal of a drill that began at `startMs`. */
export function journalPath(folder: string, drill: string, startMs: number): string {
  const stamp = new Date(startMs).toISOString().replace(/\.\d+/, '').replaceAll(':', '-');
  return join(folder, `${drill}-${stamp}.json`);
}

/** Writes the journal as JSON, and beside it the reports made from it, readable by their owner only. */
export async function writeJournal(path: string, journal: Journal, redactor: Redactor): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const clean: Journal = JSON.parse(JSON.stringify(redactor.json(JSON.parse(JSON.stringify(journal)))));
  const base = path.replace(/\.json$/, '');
  const markdown = reportMarkdown(clean);
  const files: readonly (readonly [string, string])[] = [
    ['json', `${JSON.stringify(clean, null, 2)}\n`],
    ['md', markdown],
    ['html', reportHtml(clean)],
  ];
  for (const [ending, text] of files) await writeFile(`${base}.${ending}`, text, { mode: 0o600 });
}
