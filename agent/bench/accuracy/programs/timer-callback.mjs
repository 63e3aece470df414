// The block is in a timer's callback: no request is being served.
// expect cause: javascript
// expect function: rebuildIndex
import { blockStarts, lasting, serve } from './serve.mjs';

function rebuildIndex(goesOn) {
  const index = new Map();
  let word = 0;
  while (goesOn()) {
    // culprit
    for (let turn = 0; turn < 1_000; turn += 1) {
      word = (word * 1_103_515_245 + 12_345) % 65_536; // culprit
      index.set(word, (index.get(word) ?? 0) + 1); // culprit
    }
  }
  return index.size;
}

serve(() => {
  setTimeout(() => {
    blockStarts();
    rebuildIndex(lasting(700));
  }, 20);
  return 'later';
});
