import type { Fence, Heading, Link } from './page.js';

/** The parts of a Markdown text that matter here. */
export interface MarkdownParts {
  /** Text between the two `---` lines at the top; null without them. */
  readonly frontMatter: string | null;
  readonly headings: readonly Heading[];
  readonly fences: readonly Fence[];
  readonly links: readonly Link[];
  /** Line of a fence that is never closed; null when all are. */
  readonly unclosedFence: number | null;
}

interface OpenFence {
  readonly marker: string;
  readonly indent: number;
  readonly info: string;
  readonly line: number;
  readonly content: string[];
}

/** Reads headings, fenced blocks and links line by line. */
export function readMarkdown(text: string): MarkdownParts {
  const lines = text.split(/\r?\n/);
  const frontMatterEnd = lines[0] === '---' ? lines.indexOf('---', 1) : -1;
  const headings: Heading[] = [];
  const fences: Fence[] = [];
  const links: Link[] = [];
  let open: OpenFence | null = null;

  for (const [index, line] of lines.entries()) {
    if (index <= frontMatterEnd) continue;
    if (open) {
      if (closes(open, line)) {
        fences.push(closeFence(open, headings.at(-1)?.title ?? ''));
        open = null;
      } else open.content.push(line.slice(Math.min(open.indent, line.length - line.trimStart().length)));
      continue;
    }
    const fence = /^(\s*)(`{3,}|~{3,})(.*)$/.exec(line);
    if (fence) {
      const [, indent = '', marker = '', info = ''] = fence;
      open = { marker, indent: indent.length, info: info.trim(), line: index + 1, content: [] };
      continue;
    }
    const heading = /^##\s+(.+?)\s*#*$/.exec(line)?.[1];
    if (heading) headings.push({ title: heading, line: index + 1 });
    for (const target of linksOf(line)) links.push({ target, line: index + 1 });
  }
  return {
    frontMatter: frontMatterEnd > 0 ? lines.slice(1, frontMatterEnd).join('\n') : null,
    headings,
    fences,
    links,
    unclosedFence: open?.line ?? null,
  };
}

function closes(open: OpenFence, line: string): boolean {
  const text = line.trim();
  return text.startsWith(open.marker) && text.replaceAll(open.marker.charAt(0), '') === '';
}

function closeFence({ info, line, content }: OpenFence, section: string): Fence {
  const attributes = new Map<string, string>();
  const rest = info.replace(/([\w-]+)="([^"]*)"/g, (_, name: string, value: string) => {
    attributes.set(name, value);
    return '';
  });
  const [language = '', ...words] = rest.split(/\s+/).filter(Boolean);
  return { language, words, attributes, content: content.join('\n'), line, section };
}

/** Inline links, images and link definitions. Code spans are no links, whatever they look like. */
function linksOf(line: string): readonly string[] {
  const prose = line.replace(/(`+).*?\1/g, '');
  const inline = [...prose.matchAll(/\]\(\s*<?([^)\s>]+)>?[^)]*\)/g)].map((match) => match[1] ?? '');
  const definition = /^\s*\[[^\]]+\]:\s*<?(\S+?)>?(\s|$)/.exec(prose)?.[1];
  return definition ? [...inline, definition] : inline;
}
