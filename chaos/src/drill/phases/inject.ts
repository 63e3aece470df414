import { setTimeout as sleep } from 'node:timers/promises';
import { type ControlsClient, createControlsClient } from '../clients/controls.js';
import { DrillError } from '../errors.js';
import { isoWithOffset } from '../journal/journal.js';
import type { Undo, UndoStack } from '../undo.js';
import { waitFor } from '../wait.js';
import type { DrillContext } from './context.js';

/** Unit: ms. How often the lease is looked at while the fault runs. */
const watchEveryMs = 250;

/** A fault that this drill has injected. */
export interface InjectedFault {
  readonly leaseId: string;
  readonly controls: ControlsClient;
  /** Ends the lease, and with it the fault. Answers what is left, or null. */
  readonly end: Undo;
}

/** Injects the drill's fault through the target's chaos controls, keeps its lease alive, and proves by the fault's
 *  own signal that it took hold: a fault that never does harm would prove nothing. `onBegun` is called as soon as
 *  there is something to end.
 *  @throws DrillError `target-lost` when the controls refuse, `expectation-missed` when it does not take hold. */
export async function injectFault(
  context: DrillContext,
  fault: string,
  undo: UndoStack,
  onBegun: (injected: InjectedFault) => void,
): Promise<void> {
  const { experiment, target, runId, record, progress, signal } = context;
  const { parameters, ttl, load } = experiment.drill;
  const { chaos } = target.addresses;
  if (chaos === null || target.tokens.chaos === null) {
    const missing = chaos === null ? 'no chaos controls' : 'no token for its chaos controls';
    throw new DrillError('target-lost', `the target has ${missing}, so ${fault} cannot be injected`);
  }
  const controls = createControlsClient({ url: chaos, token: target.tokens.chaos, drill: runId });
  const watching = new AbortController();
  let watched: Promise<void> = Promise.resolve();
  const startMs = Date.now();
  const lease = await controls.start(fault, parameters, ttl * 1000).catch((cause: unknown) => {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new DrillError('target-lost', `${fault} could not be injected: ${why}`);
  });
  const end = undo.push(`end of ${fault}`, async () => {
    watching.abort();
    await watched;
    await controls.end(lease.id);
    return null;
  });
  onBegun({ leaseId: lease.id, controls, end });
  watched = watchLease(context, controls, lease.id, watching.signal);
  record.lease = lease;
  recordInjection(context, fault, startMs);
  progress.doing(`${fault} is injected (lease of ${ttl} s, renewed while the drill runs)`);

  await waitFor({
    what: `${fault} takes hold`,
    // Two rounds of whatever calls the faulty code, and time for a service that is slow because of it.
    withinMs: load.exportEvery * 2000 + 15_000,
    everyMs: watchEveryMs,
    signal,
    look: () =>
      record.hitsAtMs.length > 0
        ? { found: true }
        : { seen: 'the signal of its lease says that the faulty code has not run' },
  });
  progress.passed(`${fault} took hold: its code ran at ${isoWithOffset(record.hitsAtMs[0] ?? 0)}`);
}

/** Follows the signal and renews the lease at two thirds of its time. A call that fails is tried again: the service
 *  may be blocked, and when it has gone the lease runs out by itself. */
async function watchLease(
  context: DrillContext,
  controls: ControlsClient,
  id: string,
  signal: AbortSignal,
): Promise<void> {
  const { record, experiment } = context;
  const ttlMs = experiment.drill.ttl * 1000;
  let renewAt = performance.now() + ttlMs / 3;
  while (!signal.aborted && !context.signal.aborted) {
    try {
      const { leases } = await controls.leases();
      const lease = leases.find((one) => one.id === id);
      if (lease) {
        record.lease = lease;
        const { firstHitAt, lastHitAt } = lease.signal;
        for (const hit of [firstHitAt, lastHitAt]) {
          if (hit !== null && !record.hitsAtMs.includes(hit)) record.hitsAtMs.push(hit);
        }
      }
      if (performance.now() >= renewAt) {
        await controls.renew(id, ttlMs);
        renewAt = performance.now() + ttlMs / 3;
      }
    } catch {
      // See above.
    }
    await sleep(watchEveryMs, undefined, { signal }).catch(() => {});
  }
}

/** The injection stands in the journal like any other action of the method. */
function recordInjection({ record, experiment, target }: DrillContext, fault: string, startMs: number): void {
  const { parameters, ttl } = experiment.drill;
  record.run.push({
    activity: {
      type: 'action',
      name: `inject ${fault}`,
      provider: {
        type: 'http',
        method: 'POST',
        url: `${target.addresses.chaos}/faults/${fault}`,
        arguments: { parameters, ttlMs: ttl * 1000 },
      },
    },
    output: { status: 201, lease: record.lease?.id ?? null },
    start: isoWithOffset(startMs),
    end: isoWithOffset(Date.now()),
    duration: (Date.now() - startMs) / 1000,
    status: 'succeeded',
  });
}
