import type { Socket } from 'node:net';
import type { Budget } from './budget.js';
import { Chain } from './chain.js';
import { marker, type Parcel } from './parcel.js';
import { ParcelQueue } from './parcel-queue.js';
import type { Toxic } from './toxic.js';

/** Unit: ms. The longest time that a timer of Node can be set to. */
const longestTimerMs = 2_147_483_647;

/** What a link is made of. */
export interface LinkOptions {
  readonly source: Socket;
  readonly destination: Socket;
  readonly seed: number;
  readonly connection: number;
  readonly budget: Budget;
  /** Number of the exchange that data which has just come belongs to. */
  exchange(hasData: boolean): number;
  /** A toxic ends the connection. */
  onEnd(how: 'cut' | 'reset'): void;
}

/** The parcel that is being sent, what the toxics make of it, and how many bytes of it have been written. */
interface Current {
  readonly parcel: Parcel;
  readonly pieces: Iterator<Parcel>;
  written: number;
}

/** One direction of one connection. What has been read waits in one queue; the toxics say when the parcel at its head
 *  leaves, and it is written then. A toxic that is added, changed or removed meets everything that has not been
 *  written, so that what a toxic held back leaves at once when it goes. */
export class Link {
  readonly #options: LinkOptions;
  readonly #chain: Chain;
  readonly #queue: ParcelQueue;
  #current: Current | null = null;
  /** The piece that waits for its time. */
  #piece: Parcel | null = null;
  #isStalled = false;
  #timer: NodeJS.Timeout | null = null;
  #deadlineTimer: NodeJS.Timeout | null = null;
  #isClosed = false;

  constructor(options: LinkOptions, toxics: readonly Toxic[]) {
    this.#options = options;
    this.#chain = new Chain(options.seed, options.connection);
    this.#queue = new ParcelQueue(options.budget);
    this.setToxics(toxics);
    const { source, destination, exchange } = options;
    source.on('data', (data: Buffer) => {
      this.#accept({ kind: 'data', data, atMs: performance.now(), exchange: exchange(true) });
    });
    source.on('end', () => this.#accept(marker('end', performance.now(), exchange(false))));
    destination.on('drain', () => this.#onDrain());
  }

  /** Takes the toxics of this direction as they are now, also when only their attributes have changed. */
  setToxics(toxics: readonly Toxic[]): void {
    if (this.#isClosed) return;
    this.#takeBack();
    this.#chain.set(toxics, performance.now());
    if (this.#chain.isBroken && !this.#chain.hasDropper()) this.#options.onEnd('cut');
    else {
      this.#watchDeadline();
      this.#pump();
    }
  }

  /** Forgets everything that has not been written. */
  close(): void {
    this.#isClosed = true;
    this.#current = null;
    this.#piece = null;
    this.#queue.clear();
    if (this.#timer) clearTimeout(this.#timer);
    if (this.#deadlineTimer) clearTimeout(this.#deadlineTimer);
  }

  #accept(parcel: Parcel): void {
    if (this.#isClosed) return;
    this.#queue.push(parcel);
    if (this.#queue.isFull(!this.#chain.isEmpty)) this.#options.source.pause();
    this.#pump();
  }

  /** Writes what is due, and sets the timer for what is not. */
  #pump(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    while (!this.#isClosed && !this.#isStalled) {
      this.#piece ??= this.#nextPiece();
      if (this.#piece === null) return;
      const waitMs = this.#piece.atMs - performance.now();
      if (waitMs >= 1) {
        // Without an end, such as at a bandwidth of 0, only a change of the toxics wakes it.
        if (waitMs < Infinity) this.#timer = setTimeout(() => this.#pump(), Math.min(waitMs, longestTimerMs));
        return;
      }
      const piece = this.#piece;
      this.#piece = null;
      this.#send(piece);
    }
  }

  #nextPiece(): Parcel | null {
    while (!this.#isClosed) {
      this.#current ??= this.#begin();
      if (this.#current === null) return null;
      const next = this.#current.pieces.next();
      if (this.#chain.deadlineMoved) this.#watchDeadline();
      if (next.done) this.#current = null;
      // After a gap nothing is sent but the end.
      else if (!this.#chain.isBroken || next.value.kind !== 'data') return next.value;
    }
    return null;
  }

  #begin(): Current | null {
    const { source } = this.#options;
    const parcel = this.#queue.take();
    if (source.isPaused() && !this.#queue.isFull(!this.#chain.isEmpty)) source.resume();
    return parcel === undefined ? null : { parcel, pieces: this.#chain.pass(parcel), written: 0 };
  }

  #send({ kind, data }: Parcel): void {
    const { destination, onEnd } = this.#options;
    if (kind === 'reset') onEnd('reset');
    else if (kind === 'cut' || (kind === 'end' && this.#chain.isBroken)) onEnd('cut');
    else if (kind === 'end') destination.end();
    else {
      if (this.#current) this.#current.written += data.byteLength;
      this.#chain.written(data.byteLength);
      this.#isStalled = !destination.write(data);
    }
  }

  #onDrain(): void {
    this.#isStalled = false;
    this.#pump();
  }

  /** Puts what has been taken but not written back to the head of the queue. */
  #takeBack(): void {
    this.#piece = null;
    const current = this.#current;
    this.#current = null;
    if (!current) return;
    const { parcel, written } = current;
    if (parcel.kind === 'data' && written === parcel.data.byteLength) return;
    this.#queue.putBack({ ...parcel, data: parcel.data.subarray(written) });
  }

  #watchDeadline(): void {
    if (this.#deadlineTimer) clearTimeout(this.#deadlineTimer);
    this.#deadlineTimer = null;
    this.#chain.deadlineMoved = false;
    const deadline = this.#isClosed ? null : this.#chain.deadline();
    if (!deadline) return;
    const end = () => {
      deadline.toxic.hit();
      this.#options.onEnd(deadline.how);
    };
    this.#deadlineTimer = setTimeout(end, Math.max(0, deadline.atMs - performance.now()));
  }
}
