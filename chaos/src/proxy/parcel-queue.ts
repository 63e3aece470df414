import type { Budget } from './budget.js';
import type { Parcel } from './parcel.js';

/** Unit: bytes. What a parcel costs besides its data, so that single bytes cannot fill the memory. */
const parcelOverhead = 256;

const costOf = ({ data }: Parcel) => data.byteLength + parcelOverhead;

/** What has been read and not yet been sent, first in first out. */
export class ParcelQueue {
  #parcels: Parcel[] = [];
  /** Parcels before it have been taken. */
  #head = 0;
  #bytes = 0;
  readonly #budget: Budget;

  constructor(budget: Budget) {
    this.#budget = budget;
  }

  push(parcel: Parcel): void {
    this.#parcels.push(parcel);
    this.#count(costOf(parcel));
  }

  /** Puts back what was taken last. */
  putBack(parcel: Parcel): void {
    if (this.#head > 0) this.#parcels[--this.#head] = parcel;
    else this.#parcels.unshift(parcel);
    this.#count(costOf(parcel));
  }

  take(): Parcel | undefined {
    const parcel = this.#parcels[this.#head];
    if (parcel === undefined) return undefined;
    this.#head += 1;
    this.#count(-costOf(parcel));
    // The parcels before the head are let go of in one go, now and then.
    if (this.#head === this.#parcels.length || this.#head >= 1024) {
      this.#parcels = this.#parcels.slice(this.#head);
      this.#head = 0;
    }
    return parcel;
  }

  isFull(hasToxics: boolean): boolean {
    return this.#bytes >= this.#budget.limit(hasToxics);
  }

  clear(): void {
    this.#parcels = [];
    this.#head = 0;
    this.#count(-this.#bytes);
  }

  #count(bytes: number): void {
    this.#bytes += bytes;
    this.#budget.add(bytes);
  }
}
