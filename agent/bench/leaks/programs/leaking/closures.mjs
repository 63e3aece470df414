// Callbacks for a moment that never comes.
// expect kind: heap-leak
// expect function: whenReady
import { serve } from '../service.mjs';

const waiting = [];

function whenReady(id) {
  const answer = Array.from({ length: 40 }, (_, index) => `line ${index} of answer ${id}`); // culprit
  waiting.push(() => answer.join('\n')); // culprit
}

serve((id) => whenReady(id), 2_700); // caller
