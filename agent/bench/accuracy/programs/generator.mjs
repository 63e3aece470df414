// A generator that computes between two values; the loop that consumes it does next to nothing.
// expect cause: javascript
// expect function: primes
import { blockStarts, lasting, serve } from './serve.mjs';

function* primes() {
  for (let candidate = 10_000_019; ; candidate += 2) {
    let divisor = 3;
    while (divisor * divisor <= candidate && candidate % divisor !== 0) divisor += 2; // culprit
    if (divisor * divisor > candidate) yield candidate;
  }
}

function countPrimes(goesOn) {
  let count = 0;
  for (const prime of primes()) {
    count += prime > 0 ? 1 : 0;
    if (!goesOn()) return count;
  }
}

serve(() => {
  blockStarts();
  return countPrimes(lasting(700));
});
