// A cache without a bound: each request has a key of its own.
// expect kind: heap-leak
// expect function: remember
import { serve } from '../service.mjs';

const pages = new Map();

function remember(key) {
  const words = Array.from({ length: 40 }, (_, index) => `${key} word ${index}`); // culprit
  pages.set(key, { key, words }); // culprit
}

serve((id) => remember(`page ${id}`), 2_400); // caller
