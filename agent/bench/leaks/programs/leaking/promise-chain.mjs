// Each request waits for something that never happens, and so keeps what it has prepared.
// expect kind: heap-leak
// expect function: enqueue
import { serve } from '../service.mjs';

const connected = new Promise(() => {});

function enqueue(id) {
  const job = Array.from({ length: 40 }, (_, index) => `part ${index} of job ${id}`); // culprit
  connected.then(() => job.length).then((length) => length > 0); // culprit
}

serve((id) => enqueue(id), 2_900); // caller
