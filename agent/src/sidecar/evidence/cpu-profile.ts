import type { SourceFrame, StackSample } from '../../protocol/stack.js';

interface ProfileNode {
  readonly id: number;
  readonly callFrame: {
    readonly functionName: string;
    readonly scriptId: string;
    readonly url: string;
    readonly lineNumber: number;
    readonly columnNumber: number;
  };
  hitCount: number;
  readonly children: number[];
  /** Lines that were on top, counted from 1, with how often. */
  readonly positionTicks: { readonly line: number; ticks: number }[];
}

/** A CPU profile as Chrome DevTools and speedscope open it. Times in µs. Source: CDP, type Profiler.Profile. */
export interface CpuProfile {
  readonly nodes: readonly ProfileNode[];
  readonly startTime: number;
  readonly endTime: number;
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

/** Makes a profile of stacks that were taken at known times: each stands for the time until the next one. Awaiting
 *  callers and frames of the agent are left out. A function is one node, whatever its line, as in V8's own profiles;
 *  its place is the first line that was seen of it, as stacks do not tell where it begins. Times in ms; `endMs` is when the last stack was no longer true. */
export function createCpuProfile(
  samples: readonly StackSample[],
  startMs: number,
  endMs: number,
): CpuProfile {
  const nodes: ProfileNode[] = [];
  const known = new Map<string, ProfileNode>();
  const nodeBelow = (
    parent: ProfileNode | null,
    frame: Pick<SourceFrame, 'function' | 'file' | 'line' | 'column'>,
  ) => {
    const key = `${parent?.id}\n${frame.function}\n${frame.file}`;
    const found = known.get(key);
    if (found !== undefined) return found;
    const callFrame = {
      functionName: frame.function,
      scriptId: '0',
      url: frame.file,
      // The protocol counts from 0, stacks count from 1; -1 is a place that is not known.
      lineNumber: frame.line - 1,
      columnNumber: frame.column - 1,
    };
    const node: ProfileNode = {
      id: nodes.length + 1,
      callFrame,
      hitCount: 0,
      children: [],
      positionTicks: [],
    };
    nodes.push(node);
    parent?.children.push(node.id);
    known.set(key, node);
    return node;
  };
  const root = nodeBelow(null, { function: '(root)', file: '', line: 0, column: 0 });
  const ids: number[] = [];
  const timeDeltas: number[] = [];
  let previousUs = toUs(startMs);
  for (const { frames, askedMs } of samples) {
    const stack = frames.filter(({ origin, async }) => origin !== 'agent' && !async).reverse();
    const leaf = stack.reduce<ProfileNode>((parent, frame) => nodeBelow(parent, frame), root);
    leaf.hitCount += 1;
    countLine(leaf, stack.at(-1)?.line ?? 0);
    ids.push(leaf.id);
    const atUs = Math.max(previousUs, toUs(askedMs));
    timeDeltas.push(atUs - previousUs);
    previousUs = atUs;
  }
  const endTime = Math.max(previousUs, toUs(endMs));
  return { nodes, startTime: toUs(startMs), endTime, samples: ids, timeDeltas };
}

function countLine({ positionTicks }: ProfileNode, line: number): void {
  if (line < 1) return;
  const counted = positionTicks.find((position) => position.line === line);
  if (counted === undefined) positionTicks.push({ line, ticks: 1 });
  else counted.ticks += 1;
}

const toUs = (ms: number): number => Math.round(ms * 1_000);
