// A cache with a bound that is always full.
import { serve } from '../service.mjs';

const pages = new Map();

serve((id) => {
  pages.set(
    id,
    Array.from({ length: 40 }, (_, index) => `row ${index} of ${id}`),
  );
  if (pages.size > 3_000) pages.delete(pages.keys().next().value);
}, 1_300);
