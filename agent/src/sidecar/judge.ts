import { monotonicMs } from '../protocol/clock.js';
import type { Finding } from '../protocol/finding.js';
import type { Incident } from '../protocol/incident.js';
import type { Snapshot } from '../protocol/snapshot.js';
import type { Stall } from '../protocol/stall.js';
import type { AwaitedCollections } from './awaited-collections.js';
import type { Dependencies } from './dependencies.js';
import { gcRule, waitsForCollector } from './diagnosis/gc-pressure.js';
import type { StallCases } from './diagnosis/stall-cases.js';
import { createCpuProfile } from './evidence/cpu-profile.js';
import type { Handles } from './handles.js';
import { type EvidenceKeeper, stacksOf } from './keep-evidence.js';
import type { LogBackpressure } from './log-backpressure.js';
import type { Memory } from './memory.js';
import type { OwnPauses } from './own-pauses.js';
import type { Pools } from './pools.js';
import type { Saturation } from './saturation.js';
import type { NamedDatabase } from './start-database.js';
import type { Starvation } from './starvation.js';
import type { Threadpool } from './threadpool.js';

/** The parts that each follow one thing and say what they think of it. */
export interface JudgedParts {
  readonly starvation: Starvation;
  readonly logBackpressure: LogBackpressure;
  readonly stalls: StallCases;
  readonly collections: AwaitedCollections;
  readonly saturation: Saturation;
  readonly memory: Memory;
  readonly threadpool: Threadpool;
  readonly dependencies: Dependencies;
  readonly pools: Pools;
  readonly database: NamedDatabase;
  readonly handles: Handles;
}

/** What is asked of the world. */
export interface JudgeWorld {
  /** Before this moment on monotonicMs() nothing is told of the event loop: a process that starts has much to do. */
  readonly quietUntilMs: number;
  report(finding: Finding): Incident;
  readonly keepEvidence: EvidenceKeeper;
  readonly ownPause: OwnPauses;
  /** What goes wrong in one part must not stop the others. */
  guard(part: string, work: () => void): void;
}

/** Brings together what the parts say: one cause, one incident, and what it makes look guilty is ruled out in it. */
export interface Judge {
  stall(stall: Stall): void;
  /** Call it about once a second, whether the main thread answers or not. */
  tick(): void;
  snapshot(snapshot: Snapshot): void;
  /** An incident of this kind is over. */
  forget(incident: Incident, key: string): void;
}

export function createJudge(parts: JudgedParts, world: JudgeWorld): Judge {
  const { starvation, logBackpressure, saturation, threadpool, dependencies, pools } = parts;
  const { quietUntilMs, report, keepEvidence, guard } = world;
  let surveyKept = 0;
  let newestWithStacks: string | null = null;

  /** A blocked loop makes dependencies look slow, and pools and libuv's threads look exhausted. */
  const ruleOutWaits = (finding: Finding): Finding =>
    threadpool.ruleOutIn(pools.ruleOutIn(dependencies.ruleOutIn(finding)));

  const isCollectorInTheWay = (): boolean =>
    waitsForCollector(
      {
        gcRatio: parts.memory.gcRatio(),
        otherCores: threadpool.otherCores(),
        waitedRatio: starvation.waitedRatio(),
      },
      gcRule,
    );
  const waitedForOthers = (): number | null => {
    if (starvation.isOpen()) return 1;
    return isCollectorInTheWay() ? 0 : starvation.waitedRatio();
  };

  function judgeStall(stall: Stall): void {
    if (stall.startedMs < quietUntilMs) return;
    if (world.ownPause(stall) !== null || starvation.explains(stall)) return;
    const finding = logBackpressure.judgeStall(stall) ?? parts.stalls.judge(stall);
    if (typeof finding === 'string') return;
    const incident = report(ruleOutWaits(finding));
    // Once at the beginning, so that there is evidence even if the process dies; then whenever a stall is complete.
    if (stall.ended || newestWithStacks !== incident.id) {
      const profile = createCpuProfile(stall.samples, stall.startedMs, stall.startedMs + stall.blockedMs);
      keepEvidence(incident, stacksOf(incident, { stall }, profile));
    }
    newestWithStacks = incident.id;
  }

  function judgeWindows(): void {
    // Whoever is starved by the own threads finds no neighbours to complain of.
    const starved = starvation.judge(monotonicMs(), !threadpool.fillsCpus() && !isCollectorInTheWay());
    if (starved !== null) report(pools.ruleOutIn(dependencies.ruleOutIn(starved)));
    const mayTell = !starvation.isOpen() && monotonicMs() >= quietUntilMs;
    const slowWrites = logBackpressure.judge(mayTell);
    if (slowWrites !== null) report(slowWrites);
  }

  /** A starved main thread is busy for the clock, but not with anything that its code could do about it. */
  function judgeSaturation(snapshot: Snapshot): void {
    const judged = saturation.judge(snapshot, starvation.waitedRatio());
    if (judged === null || starvation.isOpen() || logBackpressure.isOpen()) return;
    if (monotonicMs() < quietUntilMs) return;
    const { finding, survey } = judged;
    const incident = report(ruleOutWaits(finding));
    if (surveyKept === survey.startedMs) return;
    surveyKept = survey.startedMs;
    const endedMs = survey.startedMs + survey.durationMs;
    const profile = createCpuProfile(survey.samples, survey.startedMs, endedMs);
    keepEvidence(incident, stacksOf(incident, { survey }, profile));
  }

  function judgeThreadpool(snapshot: Snapshot): void {
    const isDisturbed = starvation.isOpen() || logBackpressure.isOpen();
    const finding = threadpool.judge(snapshot, isDisturbed, starvation.waitedRatio());
    if (finding !== null) report(dependencies.ruleOutIn(finding));
  }

  /** Callers who wait for a pool explain that its database answers late: one cause, one incident. */
  function judgeDependencies(snapshot: Snapshot): void {
    // A name that waits for a thread of libuv is not the dependency's fault.
    const isDisturbed = starvation.isOpen() || logBackpressure.isOpen() || threadpool.isOpen();
    const findings = dependencies.judge(snapshot, isDisturbed);
    for (const finding of pools.judge(snapshot, isDisturbed)) parts.database.keep(report(finding));
    for (const finding of findings) {
      if (!isOfPool(finding)) report(finding);
    }
  }

  function isOfPool({ kind, target, cause }: Finding): boolean {
    if (kind === 'dependency-slow') return pools.explains(target, cause);
    return kind === 'dependency-failing' && cause === 'timeouts' && pools.explainsTimeouts(target);
  }

  return {
    stall(stall) {
      if (stall.ended) parts.collections.await(stall);
      guard('diagnosis', () => judgeStall(stall));
    },
    tick: () => guard('diagnosis', judgeWindows),
    snapshot(snapshot) {
      guard('diagnosis', () => judgeSaturation(snapshot));
      guard('diagnosis', () => parts.memory.judge(snapshot, waitedForOthers()));
      guard('diagnosis', () => judgeThreadpool(snapshot));
      guard('diagnosis', () => judgeDependencies(snapshot));
      guard('diagnosis', () => {
        for (const finding of parts.handles.judge(snapshot)) report(finding);
      });
      for (const stall of parts.collections.known()) guard('diagnosis', () => judgeStall(stall));
    },
    forget({ kind }, key) {
      parts.memory.forget(kind);
      if (kind === 'event-loop-stall') parts.stalls.forget(key);
      if (kind === 'handle-leak') parts.handles.forget(key);
      if (kind === 'event-loop-saturated') saturation.forget();
      if (kind === 'cpu-starved') starvation.forget();
      if (kind === 'log-backpressure') logBackpressure.forget();
      if (kind === 'threadpool-saturated') threadpool.forget();
    },
  };
}
