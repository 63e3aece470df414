import { isBetweenTasks, type StackSample } from '../../protocol/stack.js';

/** How often one task had been replaced by another between two stacks of the same block. */
export interface TaskTurnover {
  /** Pairs of neighbouring stacks that tell. */
  readonly pairs: number;
  /** Pairs between which the task changed although the loop did not turn. */
  readonly changes: number;
}

/** Two changes: a long task and a long continuation of it have one, whatever they are looked at. */
const changesMin = 2;
const dominant = 0.5;
/** A round through both queues that takes longer may have waited for a turn of the loop. Unit: ms. */
const quickRoundMs = 1;

/** Counts over the samples of one stall, oldest first. */
export function taskTurnover(samples: readonly StackSample[]): TaskTurnover {
  const telling = samples.filter(({ turn }) => turn !== null);
  const pairs = telling
    .slice(1)
    .map((after, index) => [telling[index]!, after] as const)
    .filter(([before, after]) => !isBlank(before, after));
  return {
    pairs: pairs.length,
    changes: pairs.filter(([before, after]) => hasChanged(before, after)).length,
  };
}

/** Whether a block is made of many tasks that queue each other, instead of one or two that compute. */
export const isMicrotasks = ({ pairs, changes }: TaskTurnover): boolean =>
  changes >= changesMin && changes > pairs * dominant;

/** Whether both looks met the queues between two ticks, where there is neither task nor id to compare. */
const isBlank = (before: StackSample, after: StackSample): boolean =>
  before.turn!.microtasks === after.turn!.microtasks &&
  [before, after].every(({ turn, frames }) => turn!.executionId === 0 && isBetweenTasks(frames));

/** Whether another task ran at the second look, and no turn of the loop can explain it. */
function hasChanged(before: StackSample, after: StackSample): boolean {
  const [was, is] = [before.turn!, after.turn!];
  const isQueued = runsInQueue(before) && runsInQueue(after);
  // The mark among the microtasks still waits, so that nothing but ticks can have run; and this is another one.
  if (is.microtasks === was.microtasks) return isQueued && is.executionId !== was.executionId;
  // A microtask has come and gone, and the queue of microtasks was never empty since: each of them queues the next.
  if (is.ticks === was.ticks) return true;
  // Both queues were emptied, as they are between any two callbacks of the loop. Those begin elsewhere, or take
  // longer; what is left are tasks that go from one queue to the other and back.
  return isQueued && !isBetweenCallbacks(after) && is.roundMs !== null && is.roundMs <= quickRoundMs;
}

/** The stack without what the outermost running function of the service calls. In a block of many tasks that is the
 *  function that queues the next one, and the calls in it are short, whichever of them the looks have met. */
export function outermostTask(sample: StackSample): StackSample {
  const depth = sample.frames.findLastIndex(({ origin, async }) => origin === 'service' && !async);
  return depth < 0 ? sample : { ...sample, frames: sample.frames.slice(depth) };
}

const hasFrame = ({ frames }: StackSample, file: string, name: RegExp): boolean =>
  frames.some((frame) => !frame.async && frame.file === file && name.test(frame.function));

/** Whether Node empties the queues of ticks and microtasks. Scopes of async resources change ids within one task. */
const runsInQueue = (sample: StackSample): boolean =>
  hasFrame(sample, 'node:internal/process/task_queues', /(^|\.)processTicksAndRejections$/) &&
  !hasFrame(sample, 'node:async_hooks', /(^|\.)runInAsyncScope$/);

/** Timers and immediates that are due together empty the queues after each one. */
const isBetweenCallbacks = (sample: StackSample): boolean =>
  hasFrame(sample, 'node:internal/timers', /(^|\.)process(Timers|Immediate)$/);
