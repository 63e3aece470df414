// A join of two lists by array callbacks: anonymous functions that built-ins call.
// expect cause: javascript
// expect function: <anonymous>
import { blockStarts, lasting, serve } from './serve.mjs';

const orders = Array.from({ length: 4_000 }, (_, index) => ({ customer: index * 3 }));
const customers = Array.from({ length: 8_000 }, (_, index) => ({ id: index * 2, active: index % 3 === 0 }));

function ordersOfActive() {
  return orders.filter(
    (order) => customers.some((customer) => customer.active && customer.id === order.customer), // culprit
  );
}

serve(() => {
  const goesOn = lasting(700);
  let count = 0;
  blockStarts();
  while (goesOn()) count = ordersOfActive().length;
  return count;
});
