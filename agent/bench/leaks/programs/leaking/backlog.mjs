// A queue that is filled faster than it is emptied.
// expect kind: heap-leak
// expect function: accept
import { serve } from '../service.mjs';

const backlog = [];

function accept(id) {
  const message = { id, body: Array.from({ length: 40 }, (_, index) => `field ${index} of message ${id}`) }; // culprit
  backlog.push(message); // culprit
}

setInterval(() => backlog.shift(), 100);
serve((id) => accept(id), 2_800); // caller
