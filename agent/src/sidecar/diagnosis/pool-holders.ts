import type { PoolCulprit, RequestContext } from '../../protocol/incident.js';
import type { HeldConnection, PoolHolder, PoolReading } from '../../protocol/pool.js';
import type { SourceFrame } from '../../protocol/stack.js';

/** Holders that a verdict names. */
const holdersMost = 5;
const stackMost = 16;

/** A held connection, with the stack of its taker at original positions. */
export interface LocatedHolder extends Omit<HeldConnection, 'frames'> {
  readonly frames: readonly SourceFrame[];
}

/** Who is to blame for the connections that are held, longest first: the line whose connections have been held longest
 *  altogether, because a leak has one line and many connections. Null when no taker is known. */
export function blameHolders(
  { name, library }: Pick<PoolReading, 'name' | 'library'>,
  held: readonly LocatedHolder[],
): { readonly culprit: PoolCulprit | null; readonly request: RequestContext | null } {
  const request = held.find((each) => each.request !== null)?.request ?? null;
  const lines = new Map<string, { first: LocatedHolder; frame: SourceFrame; ms: number; count: number }>();
  for (const holder of held) {
    const frame = ownFrame(holder.frames);
    if (frame === null) continue;
    const key = `${frame.file}:${frame.line}`;
    const line = lines.get(key) ?? { first: holder, frame, ms: 0, count: 0 };
    lines.set(key, { ...line, ms: line.ms + holder.ageMs, count: line.count + 1 });
  }
  const known = [...lines.values()].reduce((sum, { count }) => sum + count, 0);
  const [most] = [...lines.values()].sort((a, b) => b.ms - a.ms);
  if (most === undefined) return { culprit: null, request };
  const { first, frame, count } = most;
  return {
    culprit: {
      type: 'pool',
      name,
      library,
      function: frame.function,
      file: frame.file,
      line: frame.line,
      column: frame.column,
      share: Number((count / known).toFixed(3)),
      samples: known,
      stack: first.frames.slice(0, stackMost).map(describeFrame),
      holders: held.slice(0, holdersMost).map(toHolder),
    },
    request: first.request ?? request,
  };
}

/** The innermost code of the service; without any, such as in a bundle of somebody else, that of a dependency would
 *  always be the driver and say nothing. */
const ownFrame = (frames: readonly SourceFrame[]): SourceFrame | null =>
  frames.find(({ origin }) => origin === 'service') ?? null;

function toHolder({ ageMs, querying, awaitsReader, request, frames }: LocatedHolder): PoolHolder {
  const frame = ownFrame(frames);
  return {
    function: frame?.function ?? null,
    file: frame?.file ?? null,
    line: frame?.line ?? null,
    ageMs: Math.round(ageMs),
    querying,
    ...(awaitsReader !== undefined && { awaitsReader }),
    route: request?.route ?? null,
  };
}

const describeFrame = ({ function: name, file, line, column, async }: SourceFrame): string =>
  `${async ? 'async ' : ''}${name} (${file}:${line}:${column})`;
