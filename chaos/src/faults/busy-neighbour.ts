import { type ChildProcess, fork } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import type { Fault, RunningFault } from '../fault.js';
import { maxTtlMs } from '../lease/lease.js';

/** Nothing of the service itself is broken, so it need not offer anything. */
export type NeighbourContext = object;

const program = fileURLToPath(new URL('./neighbour/burn.js', import.meta.url));
/** More than these are not needed to starve anybody. */
const neighboursMax = 64;

/** The container next door that uses all the CPU it can get. The neighbours are processes beside the service; they
 *  inherit the CPUs that it may use and its control group, so that they compete with it for nothing else. */
export const busyNeighbour: Fault<NeighbourContext, 'perCpu'> = {
  id: 'busy-neighbour',
  breaks: 'Other processes use the CPUs that the service may run on.',
  parameters: {
    perCpu: { fallback: 3, min: 1, max: 8, meaning: 'Busy processes for each CPU that the service may use.' },
  },
  mustCause: 'cpu-starved',
  mustNotCause: ['event-loop-saturated', 'gc-pressure', 'dependency-slow'],
  start: ({ perCpu }) =>
    startNeighbours(Math.min(neighboursMax, Math.round(perCpu * availableParallelism()))),
};

function startNeighbours(count: number): RunningFault {
  let hits = 0;
  let firstHitAt: number | null = null;
  let lastHitAt: number | null = null;
  const neighbours: ChildProcess[] = [];
  const stop = () => {
    for (const neighbour of neighbours.splice(0)) neighbour.kill('SIGKILL');
  };
  for (let index = 0; index < count; index += 1) {
    // None stays longer than the longest lease, whatever becomes of the service.
    const neighbour = fork(program, [String(maxTtlMs)], { env: {}, execArgv: [], stdio: 'ignore' });
    neighbours.push(neighbour);
    // One that cannot be started does no harm, and the signal shows it.
    neighbour.on('error', () => {});
    neighbour.on('message', () => {
      hits += 1;
      lastHitAt = Date.now();
      firstHitAt ??= lastHitAt;
    });
    // Neither keeps the service alive.
    neighbour.unref();
    neighbour.channel?.unref();
  }
  return { signal: () => ({ hits, firstHitAt, lastHitAt }), stop };
}
