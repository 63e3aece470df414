// An interval for each request that nobody clears.
// expect kind: heap-leak | handle-leak
// expect function: keepAlive
import { serve } from '../service.mjs';

function keepAlive(id) {
  const session = Array.from({ length: 400 }, (_, index) => `entry ${index} of session ${id}`); // culprit
  setInterval(() => session.length, 60_000).unref(); // culprit
}

serve((id) => keepAlive(id), 27_000); // caller
