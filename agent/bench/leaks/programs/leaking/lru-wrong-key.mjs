// A cache with a bound that never bites: what it counts are keys of one map, what it fills is another.
// expect kind: heap-leak
// expect function: put
import { serve } from '../service.mjs';

const order = new Map();
const values = new Map();

function put(request) {
  order.set(request.url, true);
  if (order.size > 100) order.delete(order.keys().next().value);
  const rows = Array.from({ length: 40 }, (_, index) => `row ${index} of ${request.id}`); // culprit
  values.set(request, rows); // culprit
}

serve((id) => put({ id, url: `/products/${id % 50}` }), 2_600); // caller
