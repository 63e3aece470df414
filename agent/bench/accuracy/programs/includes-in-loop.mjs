// A built-in that scans, called for every row: each call is short, the loop is not.
// expect cause: javascript
// expect function: missingIds
import { blockStarts, serve } from './serve.mjs';

const known = Array.from({ length: 60_000 }, (_, index) => `sku-${index}`);
const wanted = Array.from({ length: 12_000 }, (_, index) => `sku-${index * 5}`);

function missingIds() {
  const missing = [];
  // culprit
  for (const id of wanted) {
    if (!known.includes(id)) missing.push(id); // culprit
  }
  return missing.length;
}

serve(() => {
  blockStarts();
  return missingIds();
});
