import { EventEmitter } from 'node:events';
import type { PgPool } from '../../src/sensors/pools/pg.js';
import type { PoolEvents } from '../../src/sensors/pools/pool.js';

type Callback = (error: unknown, ...rest: unknown[]) => unknown;

/** Everything that the agent reads from a pool of `pg`, and no more. */
export class FakePool extends EventEmitter implements PgPool {
  totalCount = 0;
  idleCount = 0;
  waitingCount = 0;
  ended = false;
  /** What connect() answers with. */
  answer: [unknown, ...unknown[]] = [null, {}, () => {}];
  /** Whether callbacks wait for answerDelayed(). */
  delayed = false;
  readonly options: PgPool['options'];
  private waiting: Callback | null = null;

  constructor(options: PgPool['options'] = { max: 10 }) {
    super();
    this.options = options;
  }

  connect(callback?: Callback): unknown {
    if (callback && this.delayed) {
      this.waiting = callback;
      return undefined;
    }
    if (callback) return callback(...this.answer);
    const [error, client] = this.answer;
    return error ? Promise.reject(error) : Promise.resolve(client);
  }

  answerDelayed(): void {
    this.waiting?.(...this.answer);
  }
}

/** What a pool tells as it happens, as text. */
export function recordedEvents(): PoolEvents & { readonly told: string[] } {
  const told: string[] = [];
  return {
    told,
    onWait: (pool, seconds) => told.push(`wait ${pool} ${seconds}`),
    onUse: (pool, seconds) => told.push(`use ${pool} ${seconds}`),
    onCreate: (pool, seconds) => told.push(`create ${pool} ${seconds}`),
    onTimeout: (pool) => told.push(`timeout ${pool}`),
  };
}

export const countOf = ({ counts }: { readonly counts: readonly number[] }): number =>
  counts.reduce((sum, count) => sum + count, 0);
