// What is remembered lives as long as the request that it belongs to.
import { serve } from '../service.mjs';

const answers = new WeakMap();
const open = new Set();

serve((id) => {
  const request = { id };
  open.add(request);
  answers.set(
    request,
    Array.from({ length: 40 }, (_, index) => `row ${index} of ${id}`),
  );
  if (open.size > 500) open.delete(open.values().next().value);
}, 1_300);
