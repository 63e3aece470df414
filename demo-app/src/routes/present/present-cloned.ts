import { setImmediate as nextTurn } from 'node:timers/promises';
import type { OnHarm } from '../../twin-switch.js';
import type { ProductView } from '../products.js';
import type { PresentProduct } from './present.js';

/** What the cloning twin is made with. */
export interface CloningOptions {
  /** Entries of the shelf of products seen lately; every request gets a copy of all of it. */
  readonly shelfMax: number;
  /** Whether the twin should be gone by now; then it copies nothing. */
  readonly expired: () => boolean;
  /** Called when the shelf has been copied. */
  readonly onClone: OnHarm;
}

/** Entries that are copied in one turn of the loop, so that none is long. */
const entriesPerTurn = 250;

/** Copies of the newest requests that stay, so that support can see what a visitor saw. They live long enough to be
 *  copied by the collector twice, and then they are garbage in the old generation. */
const copiesKept = 8;

/** Hands each request a deep copy of the shelf, so that nobody can alter what the next one sees, and takes the one
 *  product out of it. Nothing grows: each copy goes when some others have come. */
export function createCloningPresent({ shelfMax, expired, onClone }: CloningOptions): PresentProduct {
  const shelf: ProductView[] = [];
  const copies: ProductView[][] = [];
  let next = 0;
  return async function presentCopy(view) {
    if (expired()) return view;
    // A shelf that is not full yet is filled with what there is.
    while (shelf.length < shelfMax) shelf.push(view);
    shelf[next] = view;
    const place = next;
    next = (next + 1) % shelfMax;
    const copy = await cloneShelf(shelf);
    copies.push(copy);
    if (copies.length > copiesKept) copies.shift();
    onClone();
    return copy[place] ?? view;
  };
}

async function cloneShelf(shelf: readonly ProductView[]): Promise<ProductView[]> {
  const copy: ProductView[] = [];
  for (let from = 0; from < shelf.length; from += entriesPerTurn) {
    for (const view of shelf.slice(from, from + entriesPerTurn)) copy.push(copyView(view));
    await nextTurn();
  }
  return copy;
}

/** Level by level, which V8 does fast: the collector has more to do with these copies than the code that makes them. */
function copyView(view: ProductView): ProductView {
  return {
    ...view,
    tags: [...view.tags],
    attributes: { ...view.attributes },
    price: view.price && { ...view.price },
  };
}
