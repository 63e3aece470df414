import { incidentCatalog } from '../catalog/incidents.js';
import type { EndedProcess, EvidenceItem, ExitCause, Incident } from '../protocol/incident.js';
import type { LastWords, MemoryKills } from '../protocol/last-words.js';
import type { Reading } from '../protocol/reading.js';
import { exitRule, judgeExit } from './diagnosis/exit-cause.js';
import { endedProcessOf, formerIncident } from './diagnosis/former-incident.js';
import type { EvidenceKeeper } from './keep-evidence.js';
import { type Claim, silentMs } from './last-words/claim.js';

/** So many ends are told at the most; in a loop of crashes the newest say it all. */
const toldAtMost = 8;
/** Unit: ms. */
const lookAgainMs = silentMs + 5_000;
const exitCauses: readonly ExitCause[] = ['heap-limit', 'container-kill', 'unknown'];

/** A former process of the service that left without a word, and the id of its incident; null when none was open. */
export interface ToldEnd extends EndedProcess {
  readonly incident: string | null;
}

/** What is asked of the world. */
export interface FormerWorld {
  claim(): Claim;
  memoryKills(): MemoryKills | null;
  newId(): string;
  readonly runbookUrl: string;
  /** Puts an incident of a former process beside those of this one. */
  adopt(incident: Incident): void;
  /** Files that were kept with an incident. */
  filesOf(incidentId: string): Promise<EvidenceItem[]>;
  readonly keep: EvidenceKeeper;
  /** The newest end, with its incident if there is one; how many more were told with it. */
  tell(end: EndedProcess, incident: Incident | null, others: number): void;
  tellUnreadable(count: number): void;
  onError(error: unknown): void;
  schedule(delayMs: number, work: () => void): void;
}

/** Finds what processes that are gone have left behind, and tells of it once. */
export interface FormerProcesses {
  /** Looks now, and a last time later if records may be of processes that live elsewhere. Never rejects. */
  look(): Promise<void>;
  /** The newest first. */
  ends(): readonly ToldEnd[];
  readings(): Reading[];
}

export function createFormerProcesses(world: FormerWorld): FormerProcesses {
  let ends: ToldEnd[] = [];
  const counts = new Map<ExitCause, number>();
  const counted = new Set<string>();

  /** Agents in worker threads have records of their own: that is one process all the same. */
  const count = ({ pid, startedAt, exitCause }: EndedProcess): void => {
    const key = `${pid} ${startedAt}`;
    if (counted.has(key)) return;
    counted.add(key);
    counts.set(exitCause, (counts.get(exitCause) ?? 0) + 1);
  };

  const judge = async (
    words: LastWords,
  ): Promise<{ end: EndedProcess; incident: Incident | null } | null> => {
    const verdict = judgeExit(words, world.memoryKills(), exitRule);
    if (!verdict.isNotable) return null;
    const runbook = world.runbookUrl + incidentCatalog['heap-near-limit'].runbook;
    const incident = formerIncident(words, verdict, { id: world.newId(), runbook });
    const end = endedProcessOf(words, verdict, incident);
    count(end);
    if (incident === null) return { end, incident };
    const told = { ...incident, evidence: await world.filesOf(incident.id), endedProcess: end };
    world.adopt(told);
    // Its record is gone from where it was found; from here on it is a part of the evidence.
    world.keep(told, [{ name: 'last-words.json', content: words }]);
    return { end, incident: told };
  };
  const once = async (): Promise<number> => {
    const { ended, undecided, unreadable } = world.claim();
    if (unreadable > 0) world.tellUnreadable(unreadable);
    const told: { end: EndedProcess; incident: Incident | null }[] = [];
    for (const words of ended) {
      const found = told.length < toldAtMost ? await judge(words) : null;
      if (found !== null) told.push(found);
    }
    const newest = told[0];
    if (newest !== undefined) world.tell(newest.end, newest.incident, told.length - 1);
    const found = told.map(({ end, incident }) => ({ ...end, incident: incident?.id ?? null }));
    ends = [...found, ...ends].slice(0, toldAtMost);
    return undecided;
  };
  return {
    async look() {
      try {
        if ((await once()) > 0) world.schedule(lookAgainMs, () => void once().catch(world.onError));
      } catch (error) {
        world.onError(error);
      }
    },
    ends: () => ends,
    readings: () =>
      exitCauses.map((cause) => ({
        metric: 'formerProcesses',
        labels: [cause],
        value: counts.get(cause) ?? 0,
      })),
  };
}
