/** Says what was left behind, or null when nothing was. */
export type Undo = () => Promise<string | null>;

/** Everything that a drill has started and must take back, whatever happens. */
export interface UndoStack {
  /** Remembers how to take something back. Returns the same thing to be called at once, which happens only once. */
  push(what: string, undo: Undo): Undo;
  /** Takes back what is still there, the newest first. Never throws: what could not be undone is answered. */
  runAll(): Promise<readonly string[]>;
}

/** Starts with nothing to undo. */
export function createUndoStack(): UndoStack {
  const entries: { readonly what: string; readonly once: Undo }[] = [];
  return {
    push(what, undo) {
      let done: Promise<string | null> | null = null;
      const once = () => {
        done ??= undo();
        return done;
      };
      entries.push({ what, once });
      return once;
    },
    async runAll() {
      const problems: string[] = [];
      for (const { what, once } of entries.reverse()) {
        try {
          const left = await once();
          if (left !== null) problems.push(`${what}: ${left}`);
        } catch (thrown) {
          problems.push(`${what}: ${thrown instanceof Error ? thrown.message : thrown}`);
        }
      }
      return problems;
    },
  };
}
