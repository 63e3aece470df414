/** Asks, and decides whether to ask again when that fails. Rejects with the last failure. */
export type Retry = <Answer>(ask: () => Promise<Answer>) => Promise<Answer>;
