// A tiny helper in a hot loop: the compiler inlines it, and the loop is what the time goes to.
// expect cause: javascript
// expect function: totalOfCart
import { blockStarts, lasting, serve } from './serve.mjs';

const cart = Array.from({ length: 200_000 }, (_, index) => ({ cents: index % 997, discount: index % 7 }));

const reduced = (cents, discount) => cents - (cents * discount) / 100;

function totalOfCart(goesOn) {
  let total = 0;
  while (goesOn()) {
    // culprit
    for (const item of cart) {
      total += reduced(item.cents, item.discount); // culprit
    }
  }
  return total;
}

serve(() => {
  blockStarts();
  return totalOfCart(lasting(700));
});
