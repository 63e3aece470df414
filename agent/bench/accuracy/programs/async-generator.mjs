// An async generator that awaits its input and then computes on it.
// expect cause: javascript
// expect function: pages
import { setTimeout as sleep } from 'node:timers/promises';
import { blockStarts, lasting, serve } from './serve.mjs';

async function* pages(count) {
  for (let page = 1; page <= count; page += 1) {
    await sleep(5);
    let sum = 0;
    const goesOn = lasting(700);
    blockStarts();
    while (goesOn()) {
      for (let row = 0; row < 50_000; row += 1) sum = (sum + row * page) % 9_973; // culprit
    }
    yield sum;
  }
}

async function lastPage() {
  let last = 0;
  for await (const page of pages(1)) last = page;
  return last;
}

serve(() => lastPage());
