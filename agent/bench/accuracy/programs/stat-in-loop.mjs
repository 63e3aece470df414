// Many short synchronous file system calls: together they block, none does alone.
// expect cause: javascript | sync-call
// expect function: newestOf
import { statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { blockStarts, lasting, serve } from './serve.mjs';

const file = fileURLToPath(import.meta.url);

function newestOf(goesOn) {
  let newestMs = 0;
  // culprit
  while (goesOn()) {
    newestMs = Math.max(newestMs, statSync(file).mtimeMs); // culprit
  }
  return newestMs;
}

serve(() => {
  blockStarts();
  return newestOf(lasting(700));
});
