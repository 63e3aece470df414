// Each request listens to the signal that ends the process, and never stops listening.
// expect kind: heap-leak | handle-leak
// expect function: load
import { serve } from '../service.mjs';

const shutdown = new AbortController();

function load(id) {
  const parts = Array.from({ length: 40 }, (_, index) => `part ${index} of download ${id}`); // culprit
  shutdown.signal.addEventListener('abort', () => parts.splice(0)); // culprit
}

serve((id) => load(id), 3_000); // caller
