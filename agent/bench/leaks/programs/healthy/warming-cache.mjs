// A cache that fills for twenty seconds, and has its size then.
import { serve } from '../service.mjs';

const pages = new Map();

serve((id) => {
  if (pages.size < 8_000)
    pages.set(
      id,
      Array.from({ length: 40 }, (_, index) => `row ${index} of ${id}`),
    );
}, 2_600);
