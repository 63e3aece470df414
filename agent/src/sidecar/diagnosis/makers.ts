import type { CodeCulprit } from '../../protocol/incident.js';
import type { SourceFrame } from '../../protocol/stack.js';
import { showFrame } from './hot-frame.js';

/** A stack that has made some of what becomes more. */
export interface Maker {
  readonly count: number;
  /** Innermost first. */
  readonly stack: readonly SourceFrame[];
}

interface Line {
  readonly frame: SourceFrame;
  /** The first stack that led there, which is the most frequent one. */
  readonly stack: readonly SourceFrame[];
  count: number;
}

const framesShown = 32;
const linesShown = 5;

/** The line of the service, or of whoever it called when nothing of the service is on the stack, that has made most.
 *  Makers come most frequent first. Null when only Node and the agent have made any. */
export function blameMakers(makers: readonly Maker[]): CodeCulprit | null {
  const lines = new Map<string, Line>();
  for (const { stack, count } of makers) {
    const frame = ownerOf(stack);
    if (frame === undefined) continue;
    const key = `${frame.file}:${frame.line}:${frame.column}`;
    const line = lines.get(key) ?? { frame, stack, count: 0 };
    line.count += count;
    lines.set(key, line);
  }
  const ranked = [...lines.values()].sort((a, b) => b.count - a.count);
  const [top] = ranked;
  if (top === undefined) return null;
  const samples = makers.reduce((sum, { count }) => sum + count, 0);
  const shareOf = ({ count }: Line): number => Number((count / samples).toFixed(3));
  const { function: name, file, line, column } = top.frame;
  return {
    type: 'code',
    function: name,
    file,
    line,
    column,
    share: shareOf(top),
    samples,
    stack: top.stack.slice(0, framesShown).map(showFrame),
    ...(ranked.length > 1 && { lines: ranked.slice(0, linesShown).map((each) => describe(each, shareOf)) }),
  };
}

/** What the agent itself makes on the way is its own. */
function ownerOf(stack: readonly SourceFrame[]): SourceFrame | undefined {
  const owner = stack.find(({ origin }) => origin === 'service' || origin === 'agent');
  if (owner?.origin === 'agent') return undefined;
  return owner ?? stack.find(({ origin }) => origin === 'dependency');
}

const describe = (line: Line, shareOf: (line: Line) => number) => ({
  function: line.frame.function,
  file: line.frame.file,
  line: line.frame.line,
  share: shareOf(line),
});
