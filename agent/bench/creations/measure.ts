import type { CreatedCause } from '../../src/protocol/creations.js';
import { createCreationWatch } from '../../src/sensors/creations/watch.js';
import type { Cost } from '../call-costs.js';
import { compareWindows } from '../toggling.js';

const callsInWindow = 20_000;
/** Longer than any window: each ends it by itself. */
const spans = { catchingMs: 60_000, stayingMs: 60_000 };
/** A timer that is one of many: nearly all of them are only counted. */
const timerLimitNs = 5_000;

type Work = () => unknown;

const rows: readonly [string, CreatedCause, Work, number?][] = [
  ['await, timers watched', 'timers', () => null],
  ['await, sockets watched', 'sockets', () => null],
  ['setTimeout and clearTimeout, timers watched', 'timers', makeTimer, timerLimitNs],
];

function makeTimer(): void {
  clearTimeout(setTimeout(makeTimer, 60_000));
}

export async function measureCosts(quadruples: number, tell: (text: string) => void): Promise<Cost[]> {
  const costs: Cost[] = [];
  for (const [name, cause, work, limitNs] of rows) {
    tell(name);
    const cost = await compareWindows(name, quadruples, (on) => timeOf(cause, work, on));
    costs.push({ ...cost, ...(limitNs !== undefined && { limitNs }) });
  }
  return costs;
}

/** Time of one call in a window. Unit: ns. */
async function timeOf(cause: CreatedCause, work: Work, watched: boolean): Promise<number> {
  const watch = createCreationWatch(spans);
  if (watched) void watch.watch(cause);
  try {
    const start = process.hrtime.bigint();
    for (let index = 0; index < callsInWindow; index += 1) await work();
    return Number(process.hrtime.bigint() - start) / callsInWindow;
  } finally {
    watch.close();
  }
}
