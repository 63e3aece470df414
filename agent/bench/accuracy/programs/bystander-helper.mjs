// The time goes to a native scan; a tiny helper is called after each. V8 checks for interrupts when a function is
// entered, so the helper is where the stack is seen: the caller's line is the truth.
// expect cause: javascript
// expect function: longestGap
import { blockStarts, serve } from './serve.mjs';

const page = `${'-'.repeat(400_000)}x`;

const closer = (best, end) => (end < 0 ? best : end);

function longestGap(turns) {
  let longest = 0;
  // culprit
  for (let turn = 0; turn < turns; turn += 1) {
    const end = page.lastIndexOf(`x${turn}`) + page.indexOf('y-', turn); // culprit
    longest = closer(longest, end);
  }
  return longest;
}

serve(() => {
  blockStarts();
  return longestGap(4_000);
});
