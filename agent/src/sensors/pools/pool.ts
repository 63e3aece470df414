import type { PoolReading } from '../../protocol/pool.js';
import type { HolderRoom } from './holder-room.js';

/** A connection pool under watch. */
export interface WatchedPool {
  /** `room` is what its held connections may take; all that a pool may have when left out. */
  read(room?: HolderRoom): PoolReading;
  /** Removes listeners and wrappers; the pool itself lives on. */
  close(): void;
}

/** What is told as it happens, in seconds, besides the counts of read(). */
export interface PoolEvents {
  onWait(pool: string, seconds: number): void;
  onUse(pool: string, seconds: number): void;
  onCreate(pool: string, seconds: number): void;
  onTimeout(pool: string): void;
}
