// An index built by copying the whole index for every row.
// expect cause: javascript
// expect function: indexById
import { blockStarts, lasting, serve } from './serve.mjs';

const rows = Array.from({ length: 2_500 }, (_, index) => ({ id: `id-${index}`, value: index }));

function indexById(list) {
  let index = {};
  // culprit
  for (const row of list) {
    index = { ...index, [row.id]: row.value }; // culprit
  }
  return index;
}

serve(() => {
  const goesOn = lasting(500);
  let size = 0;
  blockStarts();
  while (goesOn()) size = Object.keys(indexById(rows)).length;
  return size;
});
