/** One event of an emitter that Node has warned of. */
export interface ListenerReading {
  /** Tells emitters apart while the process lives. */
  readonly id: number;
  /** Name of the emitter's class, such as `EventEmitter` or `EventTarget`. */
  readonly emitter: string;
  readonly event: string;
  /** Number of listeners now. */
  readonly count: number;
  /** Where the listener was added that was one too many, as V8 writes stacks, innermost first; null when there is
   *  none. */
  readonly stack: string | null;
}
