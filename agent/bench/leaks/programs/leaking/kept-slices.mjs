// A few bytes of each upload are kept, and with them all of it.
// expect kind: external-memory-growth
import { serve } from '../service.mjs';

const signatures = [];

function store(id) {
  const upload = Buffer.alloc(100_000, id % 251);
  signatures.push(upload.subarray(0, 16));
}

serve((id) => store(id), 100_000);
