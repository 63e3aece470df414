// Many short native calls out of one loop: the loop is at fault, not any one of the calls.
// expect cause: javascript | sync-call
// expect function: chainOf
import { createHash } from 'node:crypto';
import { blockStarts, lasting, serve } from './serve.mjs';

function chainOf(text, goesOn) {
  let digest = text;
  // culprit
  while (goesOn()) {
    digest = createHash('sha256').update(digest).digest('hex'); // culprit
  }
  return digest;
}

serve(() => {
  blockStarts();
  return chainOf('genesis', lasting(700));
});
