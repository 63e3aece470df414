// TypeScript with its source map in a file of its own.
// expect cause: javascript
// expect function: settle
import { blockStarts, lasting, serve } from './serve.mjs';

interface Account {
  readonly id: number;
  balance: number;
}

type GoesOn = () => boolean;

const accounts: Account[] = Array.from({ length: 10_000 }, (_, id): Account => ({ id, balance: id * 3 }));

export function settle(list: Account[], goesOn: GoesOn): number {
  let total: number = 0;
  while (goesOn()) {
    // culprit
    for (const account of list) {
      account.balance = (account.balance * 1_664_525 + account.id) % 4_294_967; // culprit
      total += account.balance; // culprit
    }
  }
  return total;
}

serve((): number => {
  blockStarts();
  return settle(accounts, lasting(700));
});
