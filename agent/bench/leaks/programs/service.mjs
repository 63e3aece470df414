/** What every program here needs: a steady load with its ordinary garbage, and a note of when it gets going. */
import { writeSync } from 'node:fs';

/** Twenty times a second, some requests. */
const ticksPerSecond = 20;
/** Ordinary garbage of a service: texts that are parsed and written, and forgotten. */
const garbageTurns = 12;
/** The agent sees the service in peace first. Unit: ms. */
const settleMs = 3_000;

/** Calls `request` as often as keeps `bytesEach` times the rate of the command line: MB/s, 1 if none is given. */
export function serve(request, bytesEach) {
  const rate = Number(process.argv[2] ?? 1) * 1e6;
  const startedMs = performance.now();
  let served = 0;
  let told = false;
  setInterval(() => {
    makeGarbage();
    const passedMs = performance.now() - startedMs - settleMs;
    if (passedMs < 0) return;
    if (!told) tell({ startsAtMs: performance.timeOrigin + performance.now() });
    told = true;
    const due = Math.floor(((passedMs / 1_000) * rate) / bytesEach);
    for (; served < due; served += 1) request(served + 1);
  }, 1_000 / ticksPerSecond);
}

function makeGarbage() {
  for (let turn = 0; turn < garbageTurns; turn += 1) {
    const order = {
      turn,
      lines: Array.from({ length: 200 }, (_, line) => ({ line, text: `article ${line}` })),
    };
    if (JSON.parse(JSON.stringify(order)).lines.length !== 200) throw new Error('unreachable');
  }
}

/** Written at once: a stream would wait for the loop. */
function tell(message) {
  writeSync(1, `${JSON.stringify(message)}\n`);
}
