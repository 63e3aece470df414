// A comparator that does the same expensive work for every pair.
// expect cause: javascript
// expect function: byNormalizedName
import { blockStarts, lasting, serve } from './serve.mjs';

const names = Array.from({ length: 30_000 }, (_, index) => `Müller ${(index * 7919) % 30_011} Straße`);

// It has no loop, so its first line counts as well: that is where V8 checks for interrupts.
// culprit
function byNormalizedName(a, b) {
  return a.normalize('NFD').toLowerCase() < b.normalize('NFD').toLowerCase() ? -1 : 1; // culprit
}

function sortCustomers(goesOn) {
  let sorted = [];
  while (goesOn()) sorted = [...names].sort(byNormalizedName);
  return sorted.length;
}

serve(() => {
  blockStarts();
  return sortCustomers(lasting(500));
});
