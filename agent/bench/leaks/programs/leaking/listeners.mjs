// A listener for each request on an emitter that outlives them all.
// expect kind: heap-leak | handle-leak
// expect function: subscribe
import { EventEmitter } from 'node:events';
import { serve } from '../service.mjs';

const prices = new EventEmitter();

function subscribe(id) {
  const rows = Array.from({ length: 40 }, (_, index) => `row ${index} of request ${id}`); // culprit
  prices.on('change', () => rows.length); // culprit
}

serve((id) => subscribe(id), 2_700); // caller
