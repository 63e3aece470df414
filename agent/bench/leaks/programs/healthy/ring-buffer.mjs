// The newest two thousand requests, for whoever debugs.
import { serve } from '../service.mjs';

const ring = new Array(2_000);

serve((id) => {
  ring[id % ring.length] = { id, lines: Array.from({ length: 40 }, (_, index) => `line ${index} of ${id}`) };
}, 1_300);
