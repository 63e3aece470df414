import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parentPort, workerData } from 'node:worker_threads';
import { createLog, logVerdict } from '../exporters/log.js';
import { monotonicMs } from '../protocol/clock.js';
import type { Finding } from '../protocol/finding.js';
import { openHeartbeat } from '../protocol/heartbeat.js';
import type { Incident } from '../protocol/incident.js';
import type { FromSidecar, SidecarData, ToSidecar } from '../protocol/messages.js';
import { operationName } from '../protocol/operations.js';
import type { StackSample } from '../protocol/stack.js';
import { createDescriptorReader } from '../sensors/descriptors.js';
import { startProcessSensor } from '../sensors/process.js';
import { announce } from './announce.js';
import { createAwaitedCollections } from './awaited-collections.js';
import { createBlindnessNews } from './blindness.js';
import { blockedCauses, createBlockedTime } from './blocked-time.js';
import { createDependencies } from './dependencies.js';
import { stallRule } from './diagnosis/event-loop-stall.js';
import { createStallCases } from './diagnosis/stall-cases.js';
import { openEvidenceStore } from './evidence/store.js';
import { createFailures } from './failures.js';
import { createHandles } from './handles.js';
import { createHistory } from './history/history.js';
import { createIncidentBook, type IncidentEvent } from './incidents/book.js';
import { newIncidentId } from './incidents/new-id.js';
import { createJudge } from './judge.js';
import { createEvidenceKeeper } from './keep-evidence.js';
import { createKnownPools } from './known-pools.js';
import { blockedCause, createLogBackpressure } from './log-backpressure.js';
import { createOwnPauses, ownCauses } from './own-pauses.js';
import { createPools } from './pools.js';
import { createReadings } from './readings.js';
import { createSaturation } from './saturation.js';
import { serve } from './serve.js';
import { createMainHeap } from './snapshots/main-heap.js';
import { startDatabase } from './start-database.js';
import { startLastWords } from './start-last-words.js';
import { startMemory } from './start-memory.js';
import { startProfiles } from './start-profiles.js';
import { startSnapshots } from './start-snapshots.js';
import { createStarvation } from './starvation.js';
import { createThreadWording } from './thread-wording.js';
import { createThreadpool } from './threadpool.js';
import { createCapturer, type RawSample } from './watchdog/capture.js';
import { createThreadReader, readCpuTimes, readOwnBusyMs } from './watchdog/cpu-times.js';
import { createSourcePositions } from './watchdog/source-positions.js';
import { startWatchdog, type WatchdogWorld } from './watchdog/watchdog.js';

const data = workerData as SidecarData;
const { config, thread } = data;
const port = parentPort!;
const tickMs = 1_000;
/** A loop that is blocked for longer has an incident of its own, and would be late with everything else as well. */
const heapBeginLimitMs = 10_000;
const packageDirectory = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

const { log, guard, count, counts } = createFailures((onDropped) => createLog(config, thread.id, onDropped));
const heartbeat = openHeartbeat(data.heartbeat);
const capturer = createCapturer(heartbeat, data.probeKey, data.blindBecause);
const positions = createSourcePositions(data.workingDirectory, packageDirectory);
const completeSnapshot = createKnownPools();
const history = createHistory();
const readDescriptors = createDescriptorReader();
const processSensor = startProcessSensor(data.processStartedAtMs, readDescriptors);
const tellBlindness = createBlindnessNews(capturer.blindBecause, log);
const reword = createThreadWording(thread.id);
const blocked = createBlockedTime([...blockedCauses, ...ownCauses]);
const evidence = openEvidenceStore(join(config.directory, 'evidence'));
const book = createIncidentBook({
  now: Date.now,
  newId: newIncidentId,
  runbookUrl: config.runbookUrl,
  onEvent: onIncident,
});
const keepEvidence = createEvidenceKeeper(evidence, book.attach, (error) => count('evidence', error));
const lastWords = startLastWords({
  data,
  heartbeat,
  history,
  book,
  evidence,
  keepEvidence,
  log,
  errors: counts,
});
const mainHeap = createMainHeap(send, heapBeginLimitMs);
const snapshots = startSnapshots({
  config,
  thread: thread.id,
  log,
  history,
  book,
  evidence,
  mainHeap,
  count,
});
const startedMs = monotonicMs() - (Date.now() - thread.startedAtMs);
const quietUntilMs = startedMs + config.startupGraceMs;
const starvation = createStarvation(quietUntilMs, createThreadReader(thread.kernelId));
const report = (finding: Finding): Incident => book.report(reword(finding));
const countAll = (): void => send({ type: 'count-allocations' });
const memory = startMemory({
  data,
  startedMs,
  heartbeat,
  positions,
  report: (finding) => report(saturation.ruleOutIn(finding)),
  keepEvidence,
  mainHeap,
  countAll,
  askForCollection: () => send({ type: 'ask-for-collection' }),
});
const profiles = startProfiles({
  data,
  log,
  heartbeat,
  blindBecause: capturer.blindBecause,
  isBlocked: () => watchdog.current() !== null,
});
const ownPause = createOwnPauses(snapshots, [profiles, memory]);
const dependencies = createDependencies(quietUntilMs);
const database = startDatabase({ data, log, book, keepEvidence });
const pools = createPools({
  database: database.asker,
  quietUntilMs,
  locate: positions.locateAll,
  dependencies,
});
const threadpool = createThreadpool(quietUntilMs, {
  processMs() {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1_000;
  },
  watchedMs: () => readCpuTimes(thread.kernelId)?.onCpuMs ?? null,
  ownMs: () => readCpuTimes('self')?.onCpuMs ?? null,
});
const handles = createHandles(
  // Descriptors belong to the process: its main thread's agent tells of them.
  {
    readDescriptors: thread.id === 0 ? readDescriptors : () => null,
    locate: positions.locateAll,
    askMakers: (cause) => send({ type: 'watch-creations', cause }),
  },
  quietUntilMs,
);
const world: WatchdogWorld = {
  now: monotonicMs,
  random: Math.random,
  schedule(delayMs, work) {
    const timer = setTimeout(work, delayMs);
    return () => clearTimeout(timer);
  },
  readCpuTimes: createThreadReader(thread.kernelId),
  readOwnBusyMs,
  capture: capturer.capture,
  locate: locateSample,
  blindBecause: capturer.blindBecause,
  operation: () => operationName(heartbeat.operation()),
};

const mayLook = (): boolean => watchdog.current() === null;
const saturation = createSaturation(world, mayLook);
const logBackpressure = createLogBackpressure(world, config.stallMs, mayLook);
const judge = createJudge(
  {
    stalls: createStallCases({ ...stallRule, thresholdMs: config.stallMs }),
    collections: createAwaitedCollections(history.gcRatio),
    starvation,
    logBackpressure,
    saturation,
    memory,
    threadpool,
    dependencies,
    pools,
    database,
    handles,
  },
  { quietUntilMs, report, keepEvidence, ownPause, guard },
);
const watchdog = startWatchdog({
  heartbeat,
  thresholdMs: config.stallMs,
  world,
  onStall(stall) {
    // A debugger that is attached for less than a tick explains this stall all the same.
    guard('watchdog', tellBlindness);
    judge.stall(stall);
  },
  onBlocked(stall, deltaMs) {
    blocked.add(ownPause(stall) ?? blockedCause(stall), deltaMs);
    saturation.addStalled(deltaMs);
    dependencies.addStalled(deltaMs);
    pools.addStalled(deltaMs);
    threadpool.addStalled(deltaMs);
  },
});

const read = createReadings({
  snapshot: history.newest,
  // What belongs to the process stands in the answer of its main thread: twice would be too much in a sum.
  process: thread.id === 0 ? processSensor.read : () => [],
  cpuTimes: () => readCpuTimes(thread.kernelId),
  currentStall: watchdog.current,
  book,
  blocked,
  memory: memory.readings,
  logWritingMs: () => (config.breadcrumbs === 'on' ? logBackpressure.writingMs() : null),
  dependencies,
  handles: handles.readings,
  formerProcesses: lastWords.readings,
  errors: counts,
});

const ticker = setInterval(() => {
  judge.tick();
  guard('incidents', book.tick);
  guard('watchdog', tellBlindness);
  guard('last-words', lastWords.tick);
}, tickMs);
port.on('message', (message: ToSidecar) => guard('messages', () => onMessage(message)));
const server = await serve({
  data,
  log,
  history,
  book,
  evidence,
  lastWords,
  currentStall: watchdog.current,
  blindBecause: capturer.blindBecause,
  read,
  others: [...snapshots.routes, ...profiles.routes],
  count,
});
await lastWords.look();
await announce(data, server, log);
await lastWords.start();
send({ type: 'ready', url: server?.url ?? null });
// The first capture loads what later ones need, and shows whether the inspector can be used at all.
void capturer.capture().then(tellBlindness);

function locateSample({ askedMs, answerMs, frames, request, turn }: RawSample): StackSample {
  return { askedMs, answerMs, frames: frames.map(positions.locate), request, turn };
}

function onIncident(event: IncidentEvent, incident: Incident, key: string): void {
  if (event !== 'updated') logVerdict(log, incident);
  guard('last-words', lastWords.note);
  if (event === 'opened') evidence.prune(Date.now()).catch((error: unknown) => count('evidence', error));
  if (event === 'resolved') judge.forget(incident, key);
}

function onMessage(message: ToSidecar): void {
  if (message.type === 'snapshot') {
    const snapshot = completeSnapshot(message.snapshot);
    history.add(snapshot);
    lastWords.add(snapshot);
    judge.snapshot(snapshot);
  } else if (message.type === 'collect') {
    send({ type: 'collected', id: message.id, readings: read() });
  } else if (message.type === 'work') {
    watchdog.planAnew();
  } else if (message.type === 'creations') {
    handles.tellMakers(message.creations);
  } else if (message.type === 'close') {
    void close();
  } else if (message.type === 'end') {
    port.close();
  } else if (message.type === 'heap-answer') {
    mainHeap.answer(message);
  } else {
    snapshots.takeBySignal();
  }
}

async function close(): Promise<void> {
  clearInterval(ticker);
  watchdog.close();
  logBackpressure.close();
  database.asker?.close();
  capturer.close();
  memory.close();
  profiles.close();
  lastWords.close();
  await server?.close();
  log.flush();
  send({ type: 'closing' });
}

function send(message: FromSidecar): void {
  port.postMessage(message);
}
