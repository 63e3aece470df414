import type { Session } from 'node:inspector';
import { setTimeout as delay } from 'node:timers/promises';
import type { ProfileRequest } from '../../protocol/profile.js';
import { profileError } from './errors.js';
import { type Post, type Recording, type RunningSampler, recordingFor } from './recordings.js';

/** What is asked of the world. */
export interface ProfilesWorld extends RunningSampler {
  /** Unit: ms. */
  now(): number;
  /** Opens a session to the main thread and closes it when `finish` is called; null when the process exits. */
  open<Answer>(
    talk: (session: Session, finish: (answer: Answer | null) => void) => void,
  ): Promise<Answer | null>;
  /** Why the inspector cannot be used, or null. */
  unavailable(): string | null;
  isBlocked(): boolean;
  /** How long the main thread may take to begin or to end a profile. Unit: ms. */
  readonly answerLimitMs: number;
}

/** Profiles of the main thread on request, one at a time. */
export interface Profiles {
  /** The profile as text. Rejects with ERR_FAULTLINE_PROFILE_…; `signal` gives it up. */
  take(request: ProfileRequest, signal: AbortSignal): Promise<string>;
  /** Whether a block began while a profile was begun or ended, which holds the main thread up for a moment. */
  explains(stall: { readonly startedMs: number }): boolean;
}

type Outcome = { readonly profile: string } | { readonly error: unknown };

export function createProfiles(world: ProfilesWorld): Profiles {
  let isTaking = false;
  let pauses: { readonly fromMs: number; toMs: number }[] = [];

  const paused = async <T>(work: Promise<T>): Promise<T> => {
    const pause = { fromMs: world.now(), toMs: Number.POSITIVE_INFINITY };
    pauses.push(pause);
    const limit = new AbortController();
    try {
      return await Promise.race([work, tooLate(world.answerLimitMs, limit.signal)]);
    } finally {
      limit.abort();
      pause.toMs = world.now();
    }
  };
  const record = async (
    recording: Recording,
    post: Post,
    seconds: number,
    signal: AbortSignal,
  ): Promise<Outcome> => {
    try {
      await paused(recording.begin(post));
      await delay(seconds * 1_000, undefined, { signal });
      return { profile: JSON.stringify(await paused(recording.end(post))) };
    } catch (error) {
      return { error };
    }
  };

  return {
    async take(request, signal) {
      if (isTaking) throw profileError('busy', 'Another profile is being taken. Wait for it.');
      isTaking = true;
      pauses = [];
      const recording = recordingFor(request, world);
      try {
        await untilReady(world, signal);
        const outcome = await world.open<Outcome>((session, finish) => {
          void record(recording, poster(session), request.seconds, signal).then(finish);
        });
        return profileOf(outcome, signal);
      } finally {
        isTaking = false;
      }
    },
    explains: ({ startedMs }) =>
      pauses.some(({ fromMs, toMs }) => startedMs >= fromMs - beforePauseMs && startedMs <= toMs),
  };
}

/** How often it is asked whether a block is over. Unit: ms. */
const pollMs = 20;
const nobodyWaits = 'The process ended, or nobody waits for the profile.';
/** A block counts from the last beat before it, which is a little older. Unit: ms. */
const beforePauseMs = 100;

/** Many a block is over in a moment, so its end is waited for. */
async function untilReady(world: ProfilesWorld, signal: AbortSignal): Promise<void> {
  const because = world.unavailable();
  if (because !== null) throw profileError('unavailable', `No profile can be taken: ${because}.`);
  const limitMs = world.now() + world.answerLimitMs;
  while (world.isBlocked()) {
    if (signal.aborted) throw profileError('stopped', nobodyWaits);
    if (world.now() > limitMs) {
      throw profileError(
        'blocked',
        'The main thread is blocked, and a profile begun now would name the wrong function. GET /incidents names the right one.',
      );
    }
    await delay(pollMs);
  }
}

const poster =
  (session: Session): Post =>
  (method, parameters = {}) =>
    new Promise((resolve, reject) => {
      session.post(method, parameters, (error, reply) => {
        if (error === null) resolve(reply);
        else reject(profileError('failed', `V8 refused ${method}: ${error.message}.`));
      });
    });

async function tooLate(limitMs: number, signal: AbortSignal): Promise<never> {
  await delay(limitMs, undefined, { signal });
  throw profileError(
    'blocked',
    `The main thread did not answer within ${limitMs / 1_000} s. GET /incidents says what holds it.`,
  );
}

function profileOf(outcome: Outcome | null, signal: AbortSignal): string {
  if (outcome === null || signal.aborted) throw profileError('stopped', nobodyWaits);
  if ('error' in outcome) throw outcome.error;
  return outcome.profile;
}
