/** Reads one signal of the main thread. `read` may throw: the caller guards it and goes on without. */
export interface Sensor<Value> {
  read(): Value;
  /** Leaves nothing behind: no timer, observer, listener or wrapper. */
  close(): void;
}
