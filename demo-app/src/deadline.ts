/** A signal with a timer of its own. */
export interface Deadline {
  /** Fires when the time is over or when the parent fires. */
  readonly signal: AbortSignal;
  /** Stops the timer; to be called when what it limits has ended. */
  end(): void;
}

/** Fires after `limitMs`, or together with `parent`. `AbortSignal.any` with `AbortSignal.timeout` would say the same
 *  in one line, but Node 20 may collect that timeout as garbage, and then it never fires. */
export function startDeadline(limitMs: number, parent?: AbortSignal): Deadline {
  const over = new AbortController();
  const fire = () => over.abort();
  const timer = setTimeout(fire, limitMs);
  if (parent?.aborted) fire();
  else parent?.addEventListener('abort', fire, { once: true });
  return {
    signal: over.signal,
    end() {
      clearTimeout(timer);
      parent?.removeEventListener('abort', fire);
    },
  };
}
