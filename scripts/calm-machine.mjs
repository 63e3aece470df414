// Waits until a machine has got over what it has just done. The load average tells of the minute before, and tests that
// need a CPU look at it: after a crowd of test files they would skip themselves although the crowd has gone.
import { availableParallelism, loadavg } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';

/** Below the load from which on agent/test/harness/crowded.ts skips tests, so that there is room for what comes. */
const calmLoadOfCpu = 1.25;
const limitMs = 60_000;
/** Longer than the five seconds in which Linux computes the load anew. */
const lookEveryMs = 6_000;

/** Returns once the load is low, and when it falls no longer: other people's work may never end. */
export async function untilCalm() {
  const endMs = performance.now() + limitMs;
  let [load] = loadavg();
  while (load > availableParallelism() * calmLoadOfCpu && performance.now() < endMs) {
    await sleep(lookEveryMs);
    const [now] = loadavg();
    if (now >= load) return;
    load = now;
  }
}
