// TypeScript with its source map inside the code.
// expect cause: javascript
// expect function: histogram
import { blockStarts, lasting, serve } from './serve.mjs';

interface Bucket {
  readonly from: number;
  count: number;
}

interface Options {
  readonly buckets: number;
}

class Statistics {
  private readonly values: readonly number[];

  constructor(values: readonly number[]) {
    this.values = values;
  }

  histogram({ buckets }: Options, goesOn: () => boolean): Bucket[] {
    const result = Array.from({ length: buckets }, (_, from): Bucket => ({ from, count: 0 }));
    while (goesOn()) {
      // culprit
      for (const value of this.values) {
        result[value % buckets]!.count += 1; // culprit
      }
    }
    return result;
  }
}

const statistics = new Statistics(Array.from({ length: 50_000 }, (_, index) => index * 17));
serve((): number => {
  blockStarts();
  return statistics.histogram({ buckets: 32 }, lasting(700)).length;
});
