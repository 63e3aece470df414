import type { DatabaseView, SessionBlocker } from '../../protocol/database-sessions.js';
import type { RuledOut } from '../../protocol/incident.js';

/** Most of a pool's connections wait for a lock in the server. */
export interface PoolLock {
  /** Ends the title of the incident. */
  readonly because: string;
  /** Share of the connections that the server knows, 0..1. */
  readonly share: number;
  readonly ruledOut: readonly RuledOut[];
}

/** Null when the server was not asked, could not be, or when fewer than `mostShare` of the connections wait so. */
export function findPoolLock(view: DatabaseView | null, mostShare: number): PoolLock | null {
  if (view === null || view.known === 0 || view.waitingForLock === 0) return null;
  const { known, waitingForLock, groups, blockers } = view;
  const share = waitingForLock / known;
  // The one that holds the lock may be among them, and alone with another.
  if (share < mostShare) return null;
  const event = groups.find(({ waitEventType }) => waitEventType === 'Lock')?.waitEvent;
  const what = event == null ? 'a lock' : `a lock (${event})`;
  const count = `${waitingForLock} of ${known} connections`;
  return {
    because: `${count} ${waitingForLock === 1 ? 'waits' : 'wait'} for ${what}${byWhom(blockers)}`,
    share,
    ruledOut: [
      {
        kind: 'slow-queries',
        because: `the server itself says that ${count} wait for somebody else's transaction, and do no work`,
      },
    ],
  };
}

function byWhom([first, ...more]: readonly SessionBlocker[]): string {
  if (first === undefined) return '';
  const others = more.length === 0 ? '' : `, and by ${more.length} more`;
  return ` held by ${describeBlocker(first)}${others}`;
}

/** A session in the words of a title. */
function describeBlocker({ pid, state, stateMs, isOfPool, backendType }: SessionBlocker): string {
  if (pid === 0) return 'a prepared transaction';
  const kind = backendType === null || backendType === 'client backend' ? '' : `, ${backendType}`;
  const since = stateMs === null ? '' : ` for ${seconds(stateMs)}`;
  const doing = state === null ? '' : `, ${state}${since}`;
  return `pid ${pid}${isOfPool ? ' of this pool' : ''}${kind}${doing}`;
}

const seconds = (ms: number): string =>
  ms < 10_000 ? `${(ms / 1_000).toFixed(1)} s` : `${Math.round(ms / 1_000)} s`;
