import type { CodeCulprit } from '../../protocol/incident.js';
import type { SourceFrame } from '../../protocol/stack.js';
import { blamePlaces } from './blame-places.js';

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

/** One line alone needs no list. */
const listedFrom = 2;

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
  const samples = makers.reduce((sum, { count }) => sum + count, 0);
  const ranked = [...lines.values()].sort((a, b) => b.count - a.count);
  return blamePlaces(
    ranked.map(({ frame, stack, count }) => ({ frame, stack, share: count / samples })),
    samples,
    listedFrom,
  );
}

/** What the agent itself makes on the way is its own. */
function ownerOf(stack: readonly SourceFrame[]): SourceFrame | undefined {
  const owner = stack.find(({ origin }) => origin === 'service' || origin === 'agent');
  if (owner?.origin === 'agent') return undefined;
  return owner ?? stack.find(({ origin }) => origin === 'dependency');
}
