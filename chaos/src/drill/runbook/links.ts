import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import type { Page } from './page.js';

/** Complaints about relative links of a page that lead nowhere, also those to a heading. Addresses outside the
 *  repository are not asked: a check must not depend on the network. */
export function brokenLinks(page: Page, absoluteFile: string): readonly string[] {
  const problems: string[] = [];
  for (const { target, line } of page.links) {
    if (/^[a-z][a-z+.-]*:/i.test(target)) continue;
    const [path = '', anchor] = target.split('#', 2);
    const file = path === '' ? absoluteFile : join(dirname(absoluteFile), decodeURIComponent(path));
    if (!existsSync(file)) {
      problems.push(`${page.file}:${line}: the link ${target} leads nowhere`);
    } else if (anchor && file.endsWith('.md') && !anchorsOf(readFileSync(file, 'utf8')).has(anchor)) {
      problems.push(`${page.file}:${line}: ${relative(dirname(absoluteFile), file)} has no #${anchor}`);
    }
  }
  return problems;
}

/** Anchors of all headings, as GitHub makes them. */
function anchorsOf(markdown: string): ReadonlySet<string> {
  const headings = [...markdown.matchAll(/^#{1,6}\s+(.+?)\s*#*$/gm)].map((match) => match[1] ?? '');
  return new Set(
    headings.map((heading) =>
      heading
        .toLowerCase()
        .replace(/[^\p{L}\p{N}\s_-]/gu, '')
        .replace(/\s/g, '-'),
    ),
  );
}
