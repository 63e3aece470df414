import type { DatabaseView, SessionBlocker, SessionGroup } from '../protocol/database-sessions.js';

/** What a database says of a pool's connections, for a terminal: one line for each state, and for each session that
 *  holds what they wait for. */
export function describeDatabase({ asked, known, groups, blockers, error, askedAt }: DatabaseView): string[] {
  if (error !== null) return [`could not say more: ${error}`];
  return [
    `knows ${known} of ${asked} held connections at ${askedAt}`,
    ...groups.map(describeGroup),
    ...blockers.map(describeBlocker),
  ];
}

function describeGroup({ count, state, waitEventType, waitEvent, oldestMs }: SessionGroup): string {
  const waits = waitEventType === null ? 'waits for nothing' : `waits for ${waitEventType}/${waitEvent}`;
  const since = oldestMs === null ? '' : `, for up to ${seconds(oldestMs)}`;
  return `${count} ${state ?? 'of unknown state'}, ${waits}${since}`;
}

function describeBlocker(blocker: SessionBlocker): string {
  const { pid, state, stateMs, transactionMs, blocks, isOfPool, backendType } = blocker;
  const who = pid === 0 ? 'a prepared transaction' : `pid ${pid}`;
  const facts = [
    isOfPool ? 'of this pool' : backendType,
    state === null ? null : `${state}${stateMs === null ? '' : ` for ${seconds(stateMs)}`}`,
    transactionMs === null ? null : `in a transaction for ${seconds(transactionMs)}`,
  ].filter((fact) => fact !== null);
  return [`${blocks} blocked by ${who}`, ...facts].join(', ');
}

const seconds = (ms: number): string => `${(ms / 1_000).toFixed(1)} s`;
