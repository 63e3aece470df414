// Buffers that come and go, some of them a little later than others.
import { serve } from '../service.mjs';

const inFlight = new Set();

serve((id) => {
  const upload = Buffer.alloc(100_000, id % 251);
  inFlight.add(upload);
  setTimeout(() => inFlight.delete(upload), 200 + (id % 7) * 300).unref();
}, 50_000);
