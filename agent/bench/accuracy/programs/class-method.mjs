// A method that compares everything with everything.
// expect cause: javascript
// expect function: findDuplicates
import { blockStarts, lasting, serve } from './serve.mjs';

class Catalog {
  constructor(size) {
    this.products = Array.from({ length: size }, (_, index) => ({ id: index, code: (index * 7919) % size }));
  }

  findDuplicates(goesOn) {
    let found = 0;
    for (const one of this.products) {
      // culprit
      for (const other of this.products) {
        if (one.id !== other.id && one.code === other.code) found += 1; // culprit
      }
      if (!goesOn()) break;
    }
    return found;
  }
}

const catalog = new Catalog(20_000);
serve(() => {
  blockStarts();
  return catalog.findDuplicates(lasting(700));
});
