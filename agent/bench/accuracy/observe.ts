import { setTimeout as sleep } from 'node:timers/promises';
import type { Incident } from '../../src/protocol/incident.js';
import { type Subject, startSubject } from '../subject.js';
import type { Observation } from './judge.js';
import type { Program } from './program.js';
import { watchStarvation } from './starvation.js';
import type { Workspace } from './workspace.js';

const startLimitMs = 20_000;
const blockLimitMs = 30_000;
/** The program's start must be over, and what it blocked forgotten by the eye, before its block is asked for. */
const settleMs = 400;
const pollMs = 15;
/** Garbage collections of a block are known with the snapshot after it, a second later at most. */
const verdictLimitMs = 3_000;

/** Runs a program once, blocks it, and reads its incidents all the while. Throws when it does not start, or ends. */
export async function observe(program: Program, workspace: Workspace, node: string): Promise<Observation> {
  const subject = await startSubject({
    node,
    program: workspace.entryOf(program),
    directory: workspace.directory,
  });
  try {
    const port = Number(await subject.printed(/"port":(\d+)/, startLimitMs));
    await sleep(settleMs);
    return await observeBlock(subject, port);
  } finally {
    await subject.stop();
  }
}

async function observeBlock(subject: Subject, port: number): Promise<Observation> {
  const answer = fetch(`http://127.0.0.1:${port}/`, { signal: AbortSignal.timeout(blockLimitMs) });
  // It is awaited below; until then nobody listens.
  answer.catch(() => {});
  const blockStartsAtMs = Number(await subject.printed(/"blockStartsAtMs":([\d.]+)/, blockLimitMs));
  const starved = watchStarvation(subject.pid);
  const during = await readWhileBlocked(subject, blockStartsAtMs);
  const starvedRatio = starved();
  await (await answer).text();
  return { blockStartsAtMs, starvedRatio, during, after: await readVerdict(subject, blockStartsAtMs) };
}

/** Only what is read while the agent says "blocked" before and after counts as read during the block. */
async function readWhileBlocked(subject: Subject, startMs: number): Promise<Incident[]> {
  const seen = new Map<string, Incident>();
  let blocked = false;
  for (;;) {
    const incidents = await subject.incidents();
    const still = await subject.isBlocked();
    if (still) for (const incident of incidents) seen.set(`${incident.id} ${incident.title}`, incident);
    if (blocked && !still) return [...seen.values()];
    blocked ||= still;
    if (!blocked && Date.now() - startMs > verdictLimitMs) return [];
    await sleep(pollMs);
  }
}

async function readVerdict(subject: Subject, startMs: number): Promise<readonly Incident[]> {
  const endMs = Date.now() + verdictLimitMs;
  for (;;) {
    const incidents = await subject.incidents();
    const isKnown = incidents.some(
      ({ openedAt, measurements }) =>
        Date.parse(openedAt) >= startMs - 1 && measurements.gcRatio !== undefined,
    );
    if (isKnown || Date.now() > endMs) return incidents;
    await sleep(pollMs * 4);
  }
}
