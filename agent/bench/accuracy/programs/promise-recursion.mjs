// Promises that are resolved already: each await comes back before the loop can turn.
// expect cause: microtasks
// expect function: pollUntilReady
import { blockStarts, lasting, serve } from './serve.mjs';

const isReady = async (goesOn) => !goesOn();

// culprit
async function pollUntilReady(goesOn) {
  let polls = 0;
  // culprit
  while (!(await isReady(goesOn))) {
    polls += 1; // culprit
  }
  return polls;
}

serve(() => {
  blockStarts();
  return pollUntilReady(lasting(700));
});
