import { randomUUID } from 'node:crypto';
import { ChaosError, messageOf } from '../errors.js';
import type { Fault } from '../fault.js';
import type { ChaosLogger } from '../log.js';
import { publishActiveFault, withdrawActiveFault } from './active-faults.js';
import type { EndedLease, Lease, LeaseEnding } from './lease.js';
import {
  describeEnded,
  describeLease,
  type EndedEntry,
  type LeaseEntry,
  refuseOtherDrill,
} from './lease-entry.js';
import { stopAndCheck } from './revert-check.js';
import { createTimekeeper, type Timekeeper } from './timekeeper.js';

/** Ended leases that are remembered, the newest first. */
const endedKept = 20;

/** What is wanted of a new lease. */
export interface LeaseRequest<Context> {
  readonly fault: Fault<Context>;
  readonly parameters: Readonly<Record<string, number>>;
  readonly ttlMs: number;
  /** Id of the drill that asks; null for a person. */
  readonly drill: string | null;
}

/** Every lease of one service: the running ones, and how the last ones ended. One fault runs under one lease at a
 *  time, so there are never more leases than faults. */
export class LeaseBook<Context> {
  readonly #context: Context;
  readonly #logger: ChaosLogger;
  readonly #slots: (LeaseEntry | null)[];
  readonly #ended: EndedEntry[] = [];
  readonly #timekeeper: Timekeeper;
  readonly #onExit = () => this.#finishAll('closed');

  constructor(options: { readonly faults: number; readonly context: Context; readonly logger: ChaosLogger }) {
    this.#context = options.context;
    this.#logger = options.logger;
    this.#slots = new Array<LeaseEntry | null>(Math.max(1, options.faults)).fill(null);
    this.#timekeeper = createTimekeeper(this.#slots.length, {
      onExpired: (slot) => {
        const lease = this.#slots[slot];
        if (lease) this.#finish(lease, 'expired');
      },
      onLost: (cause) => {
        this.#logger.warn(
          { err: cause.message },
          'nobody keeps the leases any more: chaos faults are stopped',
        );
        this.#finishAll('closed');
      },
    });
  }

  /** Starts a fault under a new lease.
   *  @throws ChaosError `target-taken`, `fault-running`, `fault-failed` or `timekeeper-lost`. */
  async start(request: LeaseRequest<Context>): Promise<Lease> {
    this.#requireFree(request);
    await this.#timekeeper.ready();
    // Somebody else may have taken the target while the thread was starting.
    this.#requireFree(request);
    return this.#begin(request);
  }

  /** Moves the end of a running lease to `ttlMs` from now.
   *  @throws ChaosError `lease-unknown`, `lease-ended` or `target-taken`. */
  renew(id: string, ttlMs: number, drill: string | null): Lease {
    const lease = this.#running().find((one) => one.id === id);
    if (!lease) {
      const over = this.#ended.find((one) => one.lease.id === id);
      if (!over) throw unknownLease(id);
      throw new ChaosError('lease-ended', `lease ${id} is over (${over.ending}); start the fault again`);
    }
    refuseOtherDrill([lease], drill);
    if (!this.#timekeeper.keep(lease.slot, ttlMs)) {
      this.#finish(lease, 'expired');
      throw new ChaosError('lease-ended', `lease ${id} expired before it could be renewed`);
    }
    lease.expiresAtMs = Date.now() + ttlMs;
    return describeLease(lease);
  }

  /** Ends one lease; one that is over is answered as it is. A person (drill null) may end everything.
   *  @throws ChaosError `lease-unknown`, or `target-taken` when the caller names another drill. */
  end(id: string, drill: string | null): EndedLease {
    const lease = this.#running().find((one) => one.id === id);
    if (lease) {
      if (drill !== null) refuseOtherDrill([lease], drill);
      return describeEnded(this.#finish(lease, 'stopped'));
    }
    const over = this.#ended.find((one) => one.lease.id === id);
    if (!over) throw unknownLease(id);
    return describeEnded(over);
  }

  /** Ends every lease. A person (drill null) may end everything, a drill only its own.
   *  @throws ChaosError `target-taken` when the caller names a drill and another one holds the target. */
  endAll(drill: string | null): readonly EndedLease[] {
    if (drill !== null) refuseOtherDrill(this.#running(), drill);
    return this.#running().map((lease) => describeEnded(this.#finish(lease, 'stopped')));
  }

  running(): readonly Lease[] {
    return this.#running().map(describeLease);
  }

  ended(): readonly EndedLease[] {
    return this.#ended.map(describeEnded);
  }

  /** Ends every lease and the thread that kept them. */
  async close(): Promise<void> {
    this.#finishAll('closed');
    for (const { check } of this.#ended) check?.close();
    await this.#timekeeper.close();
  }

  #running(): LeaseEntry[] {
    return this.#slots.filter((lease) => lease !== null);
  }

  #requireFree({ fault, drill }: LeaseRequest<Context>): void {
    refuseOtherDrill(this.#running(), drill);
    const same = this.#running().find((lease) => lease.faultId === fault.id);
    if (!same) return;
    const message = `${fault.id} runs already under lease ${same.id}; renew or delete that one`;
    throw new ChaosError('fault-running', message, { lease: same.id });
  }

  #begin({ fault, parameters, ttlMs, drill }: LeaseRequest<Context>): Lease {
    const slot = this.#slots.indexOf(null);
    const startedAtMs = Date.now();
    const lease: LeaseEntry = {
      id: randomUUID(),
      slot,
      faultId: fault.id,
      parameters,
      drill,
      startedAtMs,
      expiresAtMs: startedAtMs + ttlMs,
      fault: null,
    };
    this.#slots[slot] = lease;
    this.#timekeeper.keep(slot, ttlMs);
    process.off('exit', this.#onExit).once('exit', this.#onExit);
    publishActiveFault(fault.id, startedAtMs);
    try {
      const expired = () => this.#slots[slot] !== lease || this.#timekeeper.expired(slot);
      lease.fault = fault.start(parameters, this.#context, { expired });
    } catch (cause) {
      this.#finish(lease, 'closed');
      const message = `${fault.id} could not be started: ${messageOf(cause)}`;
      throw new ChaosError('fault-failed', message, {}, { cause });
    }
    this.#logger.info({ fault: fault.id, lease: lease.id, drill, parameters, ttlMs }, 'chaos fault started');
    return describeLease(lease);
  }

  #finishAll(ending: LeaseEnding): void {
    for (const lease of this.#running()) this.#finish(lease, ending);
  }

  #finish(lease: LeaseEntry, ending: LeaseEnding): EndedEntry {
    this.#slots[lease.slot] = null;
    this.#timekeeper.release(lease.slot);
    const check = lease.fault && stopAndCheck(lease.fault);
    const entry = { lease, endedAtMs: Date.now(), ending, check };
    this.#ended.unshift(entry);
    for (const forgotten of this.#ended.splice(endedKept)) forgotten.check?.close();
    withdrawActiveFault(lease.faultId);
    if (this.#running().length === 0) process.off('exit', this.#onExit);
    const error = check?.read().error;
    const fields = { fault: lease.faultId, lease: lease.id, drill: lease.drill, ending };
    if (error) this.#logger.warn({ ...fields, err: error }, 'chaos fault could not be undone');
    else this.#logger.info(fields, 'chaos fault ended');
    return entry;
  }
}

function unknownLease(id: string): ChaosError {
  return new ChaosError('lease-unknown', `no lease ${JSON.stringify(id)}; GET /leases lists them`);
}
