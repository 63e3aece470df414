import type { CodeCulprit } from '../../protocol/incident.js';
import { isBetweenTasks, type SourceFrame, type StackSample } from '../../protocol/stack.js';
import { sampleWeights } from './sample-weights.js';

/** The frame of the service's own code that most samples agree on. */
export interface HotFrame {
  readonly culprit: CodeCulprit;
  /** Share of the sampled time that had the function on the stack, whatever its line, 0..1. */
  readonly functionShare: number;
}

const majority = 0.5;
const framesShown = 32;

const functionKey = (frame: SourceFrame): string => `${frame.file}\n${frame.function}`;
type Candidate = (frame: SourceFrame) => boolean;
const isRunning: Candidate = (frame) => frame.origin === 'service' && !frame.async;
const isAwaiting: Candidate = (frame) => frame.origin === 'service' && frame.async;

/** Names the deepest function of the service that is on the stack for more than half of the sampled time, and in it
 *  the line that was there longest. With one sample that is its innermost own frame; with many, a helper that
 *  takes a tenth of the time is not blamed for the loop that calls ten such helpers.
 *  `weights`: how much time each sample stands for, in any unit.
 *  Stacks between two tasks hold nobody and do not count. Where no stack has running code of the service, the code
 *  that awaits what runs is looked at in the same way.
 *  Null when most samples agree on no function of the service. */
export function findHotFrame(
  samples: readonly StackSample[],
  weights: readonly number[] = sampleWeights(samples),
): HotFrame | null {
  const totalMs = weights.reduce((sum, ms) => sum + ms, 0);
  const tells = samples.map(({ frames }) => !isBetweenTasks(frames));
  const tellingMs = weights.reduce((sum, ms, index) => sum + (tells[index] ? ms : 0), 0);
  const isCandidate = samples.some(({ frames }) => frames.some(isRunning)) ? isRunning : isAwaiting;
  const functions = new Map<string, { presentMs: number; depths: number }>();
  samples.forEach((sample, index) => {
    if (!tells[index]) return;
    const ms = weights[index]!;
    for (const [key, depth] of innermostDepths(sample, isCandidate)) {
      const entry = functions.get(key) ?? { presentMs: 0, depths: 0 };
      functions.set(key, { presentMs: entry.presentMs + ms, depths: entry.depths + depth * ms });
    }
  });
  const agreed = [...functions]
    .filter(([, { presentMs }]) => presentMs > tellingMs * majority)
    .sort(([, a], [, b]) => a.depths / a.presentMs - b.depths / b.presentMs || b.presentMs - a.presentMs)[0];
  if (agreed === undefined) return null;
  const [key, { presentMs }] = agreed;
  return {
    culprit: describeLine(samples, weights, totalMs, key, isCandidate),
    functionShare: presentMs / totalMs,
  };
}

/** Distance from the top of the stack, for each own function that is on it; the innermost call counts. */
function innermostDepths(sample: StackSample, isCandidate: Candidate): Map<string, number> {
  const depths = new Map<string, number>();
  sample.frames.forEach((frame, depth) => {
    if (isCandidate(frame) && !depths.has(functionKey(frame))) depths.set(functionKey(frame), depth);
  });
  return depths;
}

function describeLine(
  samples: readonly StackSample[],
  weights: readonly number[],
  totalMs: number,
  key: string,
  isCandidate: Candidate,
): CodeCulprit {
  const lines = new Map<number, { ms: number; frame: SourceFrame; sample: StackSample }>();
  samples.forEach((sample, index) => {
    const frame = sample.frames.find((candidate) => isCandidate(candidate) && functionKey(candidate) === key);
    if (frame === undefined) return;
    const entry = lines.get(frame.line) ?? { ms: 0, frame, sample };
    lines.set(frame.line, { ...entry, ms: entry.ms + weights[index]! });
  });
  const { ms, frame, sample } = [...lines.values()].sort((a, b) => b.ms - a.ms)[0]!;
  return {
    type: 'code',
    function: frame.function,
    file: frame.file,
    line: frame.line,
    column: frame.column,
    share: ms / totalMs,
    samples: samples.length,
    stack: showStack(sample, frame),
  };
}

/** The innermost frames, whoever wrote them; of a stack that is deeper in a library, the last one shown is the
 *  culprit's. */
function showStack(sample: StackSample, culprit: SourceFrame): string[] {
  const frames = sample.frames.filter(({ origin }) => origin !== 'agent');
  const isShown = frames.indexOf(culprit) < framesShown;
  const shown = isShown ? frames.slice(0, framesShown) : [...frames.slice(0, framesShown - 1), culprit];
  return shown.map(showFrame);
}

/** The way V8 writes a frame, so that editors and terminals make a link of it. */
export function showFrame(frame: SourceFrame): string {
  const place = frame.file === '' ? 'native' : `${frame.file}:${frame.line}:${frame.column}`;
  return `${frame.async ? 'async ' : ''}${frame.function} (${place})`;
}
