// A list for debugging that was left switched on.
// expect kind: heap-leak
// expect function: note
import { serve } from '../service.mjs';

globalThis.lastRequests = [];

function note(id) {
  const headers = Array.from({ length: 40 }, (_, index) => `x-${index}: value ${id}-${index}`); // culprit
  globalThis.lastRequests.push({ id, headers, at: new Date() }); // culprit
}

serve((id) => note(id), 2_600); // caller
