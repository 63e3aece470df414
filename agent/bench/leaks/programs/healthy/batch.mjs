// A job that collects rows for fifteen seconds, sends them off, and comes again after a while.
import { serve } from '../service.mjs';

const period = 30;
let rows = [];

serve((id) => {
  const second = Math.floor(performance.now() / 1_000) % period;
  if (second >= period / 2) rows = [];
  else rows.push(Array.from({ length: 40 }, (_, index) => `row ${index} of ${id}`));
}, 1_300);
