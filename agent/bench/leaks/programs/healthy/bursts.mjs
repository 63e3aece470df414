// Ten seconds with a lot to hold, ten seconds with little, again and again.
import { serve } from '../service.mjs';

let held = [];

serve((id) => {
  const isBusy = Math.floor(performance.now() / 10_000) % 2 === 0;
  if (!isBusy && held.length > 200) held = held.slice(-200);
  held.push(Array.from({ length: 40 }, (_, index) => `row ${index} of ${id}`));
}, 1_300);
