// A sleep that really sleeps.
// expect cause: sync-call
// expect function: sleepSync
// expect api: Atomics.wait
// expect at: wait(
import { blockStarts, serve } from './serve.mjs';

const cell = new Int32Array(new SharedArrayBuffer(4));

function sleepSync(ms) {
  return Atomics.wait(cell, 0, 0, ms); // culprit
}

serve(() => {
  blockStarts();
  return sleepSync(700);
});
