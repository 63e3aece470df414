import { monotonicMs } from '../../protocol/clock.js';
import type { Heartbeat } from '../../protocol/heartbeat.js';
import type { RequestContext } from '../../protocol/incident.js';
import { type Frame, isBetweenTasks, type ProbeAnswer } from '../../protocol/stack.js';
import type { TaskTurn } from '../../protocol/task-turn.js';
import { createDebuggerWatch } from './debugger.js';
import { createMainThreadSessions } from './main-thread-session.js';

/** A block of many tiny tasks is mostly interrupted between two of them, where the stack holds nobody. Asking again
 *  through the same session costs a tenth of a millisecond. */
const asksMax = 8;

/** A stack as it came from the main thread, before source maps. */
export interface RawSample {
  readonly askedMs: number;
  readonly answerMs: number;
  readonly frames: readonly Frame[];
  readonly request: RequestContext | null;
  readonly turn: TaskTurn | null;
  /** Heartbeats of the main thread when it answered. */
  readonly beats: number;
}

/** Takes stacks of the main thread in the middle of whatever it does. */
export interface Capturer {
  /** Null when no stack could be had: a debugger is attached, the process exits, the inspector refuses.
   *  While the main thread runs no JavaScript, the promise waits until it does. With `insist`, a stack between two
   *  tasks is taken again a few times, as long as the block lasts, in the hope of one that holds code. */
  capture(insist?: boolean): Promise<RawSample | null>;
  /** Why the inspector cannot be used at all, once that is known. */
  blindBecause(): string | null;
  close(): void;
}

/** Each capture opens an inspector session, calls the probe through it, and closes the session at once. With a
 *  `forbidden` reason none is ever opened, and none while a developer's debugger is attached.
 *  Source: node:inspector Session.connectToMainThread(), CDP Runtime.evaluate. */
export function createCapturer(
  heartbeat: Heartbeat,
  probeKey: string,
  forbidden: string | null = null,
  isDebugged: () => boolean = createDebuggerWatch(heartbeat.inspectorPort),
): Capturer {
  let blind = forbidden;
  const sessions = createMainThreadSessions(heartbeat);
  let pending: Promise<RawSample | null> | null = null;
  const expression = `globalThis[${JSON.stringify(probeKey)}]()`;

  const ask = (asks: number): Promise<RawSample | null> =>
    sessions.open<RawSample>((session, finish) => {
      const askedMs = monotonicMs();
      let asked = 0;
      let first: RawSample | null = null;
      const answered = (value: unknown): void => {
        const sample = typeof value === 'string' ? parseAnswer(value, askedMs) : null;
        first ??= sample;
        if (sample === null || first === null || sample.beats !== first.beats) finish(first);
        else if (isBetweenTasks(sample.frames) && asked < asks) post();
        // How soon the main thread answers is told by its first answer.
        else finish({ ...sample, answerMs: first.answerMs });
      };
      const post = (): void => {
        asked += 1;
        session.post('Runtime.evaluate', { expression, returnByValue: true, silent: true }, (error, reply) =>
          answered(error === null ? reply?.result?.value : undefined),
        );
      };
      post();
    });

  const capture = async (asks: number): Promise<RawSample | null> => {
    if (blind !== null || isDebugged()) return null;
    try {
      return await ask(asks);
    } catch (error) {
      blind = error instanceof Error ? error.message : String(error);
      return null;
    }
  };

  return {
    capture(insist = false) {
      // One session at a time: who asks while another waits shares its answer.
      pending ??= capture(insist ? asksMax : 1).finally(() => {
        pending = null;
      });
      return pending;
    },
    blindBecause: () => blind ?? (isDebugged() ? 'a debugger is attached' : null),
    close: sessions.close,
  };
}

function parseAnswer(text: string, askedMs: number): RawSample {
  const answer = JSON.parse(text) as ProbeAnswer;
  return {
    askedMs,
    answerMs: monotonicMs() - askedMs,
    // The innermost frame is the expression that called the probe; it has no file.
    frames: answer.frames
      .slice(answer.frames[0]?.[1] === '' ? 1 : 0)
      .map(([name, file, line, column, isAsync]) => ({
        function: name,
        file,
        line,
        column,
        async: isAsync,
      })),
    request: answer.request,
    turn: answer.turn,
    beats: answer.beats,
  };
}
