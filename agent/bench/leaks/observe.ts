import { setTimeout as sleep } from 'node:timers/promises';
import type { Incident } from '../../src/protocol/incident.js';
import { startSubject } from '../subject.js';

const startLimitMs = 30_000;
const pollMs = 500;
/** A verdict on a leak opens with the numbers, and gets its site with the next profile. */
const siteLimitMs = 20_000;

/** Incidents that say of a process that its memory grows, or what it holds. */
export const memoryKinds: ReadonlySet<string> = new Set([
  'heap-leak',
  'handle-leak',
  'external-memory-growth',
  'rss-growth',
  'heap-near-limit',
]);

/** How a program is run. */
export interface Conditions {
  readonly node: string;
  readonly entry: string;
  readonly directory: string;
  /** Unit: MB/s. */
  readonly rateMb: number;
  readonly heapMb: number;
  /** What comes before Node on the command line. */
  readonly before: readonly string[];
  /** So long it is waited for a verdict. Unit: ms. */
  readonly limitMs: number;
}

/** What was seen of one run. */
export interface Observation {
  /** Beginning of the leak. Unit: ms since the epoch. */
  readonly startsAtMs: number;
  /** The first incident about memory, in its last form; null for none. */
  readonly incident: Incident | null;
}

/** Runs a program until its first verdict about memory is whole, or the time is over. Throws when it ends before. */
export async function observe(conditions: Conditions): Promise<Observation> {
  const { node, entry, directory, rateMb, heapMb, before, limitMs } = conditions;
  const subject = await startSubject({
    node,
    program: entry,
    directory,
    before,
    arguments: [String(rateMb)],
    env: { FAULTLINE_HEAP_SAMPLING: 'on', NODE_OPTIONS: `--max-old-space-size=${heapMb}` },
  });
  try {
    const startsAtMs = Number(await subject.printed(/"startsAtMs":([\d.]+)/, startLimitMs));
    let seenAtMs: number | null = null;
    for (;;) {
      const incident = (await subject.incidents()).filter(({ kind }) => memoryKinds.has(kind)).at(-1) ?? null;
      if (incident !== null) seenAtMs ??= Date.now();
      const isWhole = incident !== null && incident.culprit !== null;
      const isLate =
        seenAtMs === null ? Date.now() - startsAtMs > limitMs : Date.now() - seenAtMs > siteLimitMs;
      if (isWhole || isLate) return { startsAtMs, incident };
      if (subject.ended() !== null) throw new Error(`The program ended: ${subject.ended()}`);
      await sleep(pollMs);
    }
  } finally {
    await subject.stop();
  }
}
