import type { CreatedCause, Creations } from '../protocol/creations.js';
import type { Finding } from '../protocol/finding.js';
import type { HandleCause } from '../protocol/handle-cause.js';
import type { ListenerReading } from '../protocol/listeners.js';
import type { Reading } from '../protocol/reading.js';
import type { Snapshot } from '../protocol/snapshot.js';
import type { ProbeAnswer, SourceFrame } from '../protocol/stack.js';
import { parseStackText } from '../sensors/stack-frames.js';
import type { Growth } from './diagnosis/growth.js';
import { findHandleGrowth, handleRule } from './diagnosis/handle-growth.js';
import { detectHandleLeak, type HandleContext, isNearLimit, type Leaking } from './diagnosis/handle-leak.js';
import { createLows, type Lows } from './history/lows.js';
import { createMakers, type Makers } from './makers.js';

/** What is asked of the world. */
export interface HandlesWorld {
  readDescriptors(): { readonly open: number; readonly limit: number | null } | null;
  /** The same frames at their original positions. */
  locate(frames: ProbeAnswer['frames']): readonly SourceFrame[];
  /** Finds out, within some 20 s, who makes what becomes more; the answer comes to `tellMakers`. */
  askMakers(cause: CreatedCause): void;
}

/** Follows how many timers, sockets, listeners and descriptors the process holds. */
export interface Handles {
  /** A new snapshot. Call it about once a second. Returns what can be said now. */
  judge(snapshot: Snapshot): Finding[];
  readings(): Reading[];
  tellMakers(creations: Creations): void;
  /** The incident of this key is over: what is there now counts as usual. */
  forget(key: string): void;
}

interface Followed {
  leaking: Leaking;
  lows: Lows;
  highest: number;
  highWater: number;
  growth: Growth | null;
}

/** Types of process.getActiveResourcesInfo() that stand for a connection. */
const socketTypes = ['TCPSocketWrap', 'PipeWrap', 'UDPWrap'] as const;
/** A number this far below the highest one has come down by itself. Share of the highest, 0..1. */
const cameDownShare = 0.8;
/** Readings of descriptors that are kept. */
const descriptorsKept = 10;

/** Nothing is followed before `quietUntilMs` on the clock of the snapshots: a process that starts opens what it needs. */
export function createHandles(world: HandlesWorld, quietUntilMs: number): Handles {
  const followed = new Map<string, Followed>();
  const makers: Makers = createMakers(world);
  const opened: number[] = [];
  let listeners: readonly ListenerReading[] = [];

  const follow = (leaking: Leaking, atMs: number): void => {
    const one = followed.get(leaking.key) ?? begin(leaking);
    followed.set(leaking.key, one);
    one.leaking = leaking;
    const cameDown = leaking.count < one.highest * cameDownShare;
    if (cameDown) one.highWater = Math.max(one.highWater, one.highest);
    one.highest = cameDown ? leaking.count : Math.max(one.highest, leaking.count);
    // The lines are fitted anew once a span: they say no more in between.
    if (!one.lows.add({ atMs, value: leaking.count })) return;
    const history = { cause: leaking.cause, levels: one.lows.levels(), highWater: one.highWater };
    const growth = findHandleGrowth(history, handleRule);
    one.growth = typeof growth === 'string' ? null : growth;
  };
  const withMakers = ({ leaking }: Followed, atMs: number): Leaking => {
    const { cause, key } = leaking;
    if (cause === 'timers' || cause === 'sockets') return { ...leaking, makers: makers.of(cause, atMs) };
    const stack = listeners.find(({ id }) => listenersKey(id) === key)?.stack;
    return stack
      ? { ...leaking, makers: [{ count: 1, stack: world.locate(parseStackText(stack)) }] }
      : leaking;
  };
  const judgeAll = (context: HandleContext, atMs: number): Finding[] => {
    const nearLimit = isNearLimit(opened, context.descriptors?.limit ?? null, handleRule) === true;
    const growing = [...followed.values()].filter(({ growth }) => growth !== null);
    const hasSockets = growing.some(({ leaking }) => leaking.cause === 'sockets');
    // A socket holds a descriptor, so the growth of the ones explains that of the others.
    const told = growing.filter(({ leaking }) => !(hasSockets && leaking.cause === 'descriptors'));
    const findings = told.map((one) =>
      detectHandleLeak(withMakers(one, atMs), one.growth, nearLimit, context),
    );
    const explains = ({ leaking: { cause } }: Followed) => cause === 'sockets' || cause === 'descriptors';
    const full = followed.get('descriptors');
    if (!nearLimit || full === undefined || told.some(explains)) return findings;
    return [...findings, detectHandleLeak(full.leaking, null, true, context)];
  };

  return {
    judge(snapshot) {
      const descriptors = world.readDescriptors();
      listeners = snapshot.listeners ?? [];
      if (snapshot.monotonicMs < quietUntilMs) return [];
      if (descriptors !== null) opened.push(descriptors.open);
      if (opened.length > descriptorsKept) opened.shift();
      const now = namesOf(snapshot, descriptors?.open ?? null);
      for (const one of now) follow(one, snapshot.monotonicMs);
      const gone = [...followed.keys()].filter((key) => !now.some((one) => one.key === key));
      for (const key of gone) if (isGone(key, snapshot)) followed.delete(key);
      const inFlight = snapshot.dependencies?.reduce((sum, one) => sum + one.inFlight, 0) ?? null;
      return judgeAll({ descriptors, inFlight }, snapshot.monotonicMs);
    },
    readings: () => [
      ...growthReadings([...followed.values()]),
      ...listeners.map(
        ({ emitter, event, count }): Reading => ({
          metric: 'eventListeners',
          labels: [emitter, event],
          value: count,
        }),
      ),
    ],
    tellMakers: makers.tell,
    forget(key) {
      makers.forget(key);
      const one = followed.get(key);
      if (one === undefined) return;
      one.lows = createLows();
      one.growth = null;
    },
  };
}

const begin = (leaking: Leaking): Followed => ({
  leaking,
  lows: createLows(),
  highest: 0,
  highWater: 0,
  growth: null,
});

const listenersKey = (id: number): string => `listeners/${id}`;
/** A reading that failed once says nothing of what it was to read. */
const isGone = (key: string, { listeners }: Snapshot): boolean =>
  key.startsWith('listeners/') && listeners !== null;

function namesOf({ resources, listeners }: Snapshot, open: number | null): Leaking[] {
  const one = (cause: HandleCause, resource: string, count: number, key: string = cause): Leaking => ({
    key,
    cause,
    resource,
    count,
    makers: [],
  });
  return [
    ...(resources === null
      ? []
      : [one('timers', 'Timeout', resources.Timeout ?? 0), socketsOf(resources, one)]),
    ...(open === null ? [] : [one('descriptors', 'file descriptor', open)]),
    ...(listeners ?? []).map(({ id, emitter, event, count }) =>
      one('listeners', `${event} on ${emitter}`, count, listenersKey(id)),
    ),
  ];
}

/** All connections together, under the name of the type that most of them have. */
function socketsOf(
  resources: Readonly<Record<string, number>>,
  one: (cause: HandleCause, resource: string, count: number) => Leaking,
): Leaking {
  const counts = socketTypes.map((type) => ({ type, count: resources[type] ?? 0 }));
  const most = counts.reduce((largest, each) => (each.count > largest.count ? each : largest));
  return one(
    'sockets',
    most.type,
    counts.reduce((sum, { count }) => sum + count, 0),
  );
}

/** One series for each cause: of emitters the one that grows fastest. */
function growthReadings(all: readonly Followed[]): Reading[] {
  const fastest = new Map<HandleCause, number>();
  for (const { growth, leaking } of all) {
    if (growth === null) continue;
    fastest.set(leaking.cause, Math.max(fastest.get(leaking.cause) ?? 0, growth.perSecond));
  }
  return [...fastest].map(([cause, value]): Reading => ({ metric: 'handleGrowth', labels: [cause], value }));
}
