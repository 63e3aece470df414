import type { Stall } from '../../protocol/stall.js';
import { sampleWeights } from './sample-weights.js';
import { isMicrotasks, taskTurnover } from './task-turnover.js';

/** Causes of a stall that the watchdog can tell apart. */
export type StallCause =
  | 'javascript'
  | 'sync-call'
  | 'gc'
  | 'microtasks'
  | 'cpu-starvation'
  | 'cgroup-throttling'
  | 'unknown';

/** Above this share of a block, the one thing explains it. */
const dominant = 0.5;
/** A native call that computes keeps the CPU busy but answers no capture; JavaScript answers within a few ms,
 *  or tens of them on an overloaded machine. */
const nativeAnswerMs = 100;
/** Up to this share of waiting for a CPU, a block that collects garbage would be a long one on a free machine too. */
const mostlyWaiting = 0.75;

/** Whether the main thread was kept from a CPU, which nothing in the service mends. */
export const isStarved = (cause: StallCause): boolean =>
  cause === 'cpu-starvation' || cause === 'cgroup-throttling';

/** Share of the block that the main thread wanted to run and could not, 0..1; null where the system does not tell.
 *  Newer kernels take a thread whose quota is used up off the run queue, so what a quota has held back counts as far
 *  as the thread's own numbers leave room for it; but not for one that sleeps in a known call, whose children may
 *  be the ones that are held back. */
export function waitedRatio(stall: Stall): number | null {
  const { onCpuRatio, runQueueRatio, throttledRatio, operationRatio, isReady } = stall;
  if (runQueueRatio === null) return null;
  const isInCall = operationRatio > dominant && !isReady;
  const untold = Math.max(0, 1 - (onCpuRatio ?? 1) - runQueueRatio);
  return runQueueRatio + (isInCall ? 0 : Math.min(untold, throttledRatio ?? 0));
}

/** Tells why the main thread was silent, from what can be known at this moment. `unknown` is a good answer. */
export function classifyStall(stall: Stall): StallCause {
  const { onCpuRatio, throttledRatio, gcRatio, operationRatio, samples, silentMs } = stall;
  const waited = waitedRatio(stall);
  // Waits strike collections and all else alike: their share of the block is their share of the CPU time as well.
  const isCollecting = gcRatio !== null && gcRatio > dominant;
  if (waited !== null && waited > dominant && !(isCollecting && waited <= mostlyWaiting)) {
    return (throttledRatio ?? 0) > waited * dominant ? 'cgroup-throttling' : 'cpu-starvation';
  }
  if (isCollecting) return 'gc';
  if (operationRatio > dominant) return 'sync-call';
  const slow = samples.filter(({ answerMs }) => answerMs > nativeAnswerMs).length;
  const prompt = samples.length - slow;
  // Ready and hardly on a CPU: it waits for one, which the kernel's numbers tell only when it is over.
  const isWaiting = stall.isReady && onCpuRatio !== null && onCpuRatio < dominant;
  // A thread that neither runs nor wants to run sleeps inside a system call; JavaScript cannot do that alone.
  const asleepRatio = onCpuRatio === null || waited === null || isWaiting ? 0 : 1 - onCpuRatio - waited;
  if (asleepRatio > dominant && prompt < 2)
    return samples.length > 0 || silentMs > 0 ? 'sync-call' : 'unknown';
  if (prompt === 0 && isWaiting) return 'unknown';
  if (prompt === 0) return silentMs > nativeAnswerMs || slow > 0 ? 'sync-call' : 'unknown';
  if (isMostlySlow(stall, waited ?? 0)) return 'sync-call';
  // Answers come only from running JavaScript, so two of them stand for the CPU time that nobody could tell.
  if (onCpuRatio === null && prompt < 2) return 'unknown';
  return isMicrotasks(taskTurnover(samples)) ? 'microtasks' : 'javascript';
}

/** Whether the slow answers stand for more of the block than the prompt ones; an answer is also slow for a thread
 *  that waits for a CPU. */
function isMostlySlow({ samples, blockedMs }: Stall, waited: number): boolean {
  const weights = sampleWeights(samples);
  const sumOf = (isCounted: (answerMs: number) => boolean): number =>
    samples.reduce((sum, { answerMs }, index) => sum + (isCounted(answerMs) ? weights[index]! : 0), 0);
  const slowMs = sumOf((answerMs) => answerMs > nativeAnswerMs);
  return slowMs > 0 && slowMs - waited * blockedMs >= sumOf((answerMs) => answerMs <= nativeAnswerMs);
}
