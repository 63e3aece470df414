/** One part of an expected line: text as it stands, or a regular expression. */
type Part = { readonly text: string } | { readonly pattern: string };

/** A regular expression begins after a space, a quote or an opening bracket, and ends before one of their
 *  counterparts; so paths such as `/admin/products` and routes such as `/products/:id` stay what they are. */
const patternPart = /(?<=^|[\s"'([{=:,])\/((?:[^/\\]|\\.)+)\/(?=$|[\s"',;)\]}.]|:(?:\s|$))/g;
const anything = '…';

function partsOf(line: string): readonly Part[] {
  const parts: Part[] = [];
  let end = 0;
  for (const match of line.matchAll(patternPart)) {
    parts.push({ text: line.slice(end, match.index) }, { pattern: match[1] ?? '' });
    end = match.index + match[0].length;
  }
  parts.push({ text: line.slice(end) });
  return parts;
}

const literal = (text: string) =>
  text
    .split(anything)
    .map((piece) => piece.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&'))
    .join('.*');

/** The line as one regular expression. Spaces around it do not count. */
function compile(line: string): RegExp {
  const source = partsOf(line.trim())
    .map((part) => ('text' in part ? literal(part.text) : `(?:${part.pattern})`))
    .join('');
  return new RegExp(source);
}

/** Says what is wrong with an expected line; null when it can be used. */
export function expectationComplaint(line: string): string | null {
  try {
    compile(line);
  } catch (thrown) {
    return `the expected line ${JSON.stringify(line)} holds no valid regular expression: ${thrown instanceof Error ? thrown.message : thrown}`;
  }
  const parts = partsOf(line.trim());
  const says = parts.some((part) => 'pattern' in part || part.text.replaceAll(anything, '').trim() !== '');
  return says ? null : `the expected line ${JSON.stringify(line)} matches everything`;
}

/** Whether every expected line appears in the output, in order; other lines may lie between, and there may be more
 *  on a line than is expected. Returns the first one that does not appear, or null when all do. */
export function firstMissingLine(expected: readonly string[], output: string): string | null {
  const lines = output.split(/\r?\n/);
  let next = 0;
  for (const line of expected) {
    const pattern = compile(line);
    while (next < lines.length && !pattern.test(lines[next] ?? '')) next += 1;
    if (next === lines.length) return line.trim();
    next += 1;
  }
  return null;
}
