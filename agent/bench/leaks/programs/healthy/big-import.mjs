// Much at once in the beginning, and nothing more.
import { serve } from '../service.mjs';

const catalog = new Map();

serve((id) => {
  if (id > 1) return;
  for (let row = 0; row < 30_000; row += 1) {
    catalog.set(
      row,
      Array.from({ length: 40 }, (_, index) => `row ${row}, ${index}`),
    );
  }
}, 1e6);
