import type { Logger } from 'pino';
import { monotonicMs } from '../protocol/clock.js';
import type { Heartbeat } from '../protocol/heartbeat.js';
import type { SidecarData } from '../protocol/messages.js';
import { createProfileRoutes } from './http/profile-routes.js';
import type { Route } from './http/server.js';
import { createProfiles, type Profiles } from './profiles/profiles.js';
import { createMainThreadSessions } from './watchdog/main-thread-session.js';

/** A loop that is blocked for longer has an incident of its own. */
const answerLimitMs = 10_000;

export interface ProfileParts {
  readonly data: SidecarData;
  readonly log: Logger;
  readonly heartbeat: Heartbeat;
  readonly blindBecause: () => string | null;
  readonly isBlocked: () => boolean;
}

/** Profiles on request, wired: asked for over HTTP, and logged. */
export interface ProfileDesk extends Pick<Profiles, 'explains'> {
  readonly routes: readonly Route[];
  close(): void;
}

export function startProfiles({ data, log, heartbeat, blindBecause, isBlocked }: ProfileParts): ProfileDesk {
  const sessions = createMainThreadSessions(heartbeat);
  const profiles = createProfiles({
    now: monotonicMs,
    open: sessions.open,
    unavailable: blindBecause,
    isBlocked,
    samplesHeap: data.samplesHeap,
    readingCollects: data.readingCollects,
    answerLimitMs,
  });
  const take: Profiles['take'] = async (request, signal) => {
    const profile = await profiles.take(request, signal);
    log.info({ ...request, bytes: Buffer.byteLength(profile) }, `A ${request.kind} profile was taken`);
    return profile;
  };
  return { routes: createProfileRoutes(take), explains: profiles.explains, close: sessions.close };
}
