import { DrillError } from '../drill/errors.js';

/** Turns SIGINT and SIGTERM into the end of a drill that still takes everything back. */
export interface Interrupt {
  readonly signal: AbortSignal;
  /** Exit code of the signal that came; null when none did. */
  exitCode(): number | null;
  close(): void;
}

const codes = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;

/** Listens until it is closed. A second signal changes nothing: what is being taken back is bounded in time. */
export function listenForInterrupt(onSignal: (name: string) => void): Interrupt {
  const ending = new AbortController();
  let exitCode: number | null = null;
  const handlers = Object.entries(codes).map(([name, code]) => {
    const handler = () => {
      exitCode ??= code;
      onSignal(name);
      ending.abort(new DrillError('interrupted', `interrupted by ${name}`));
    };
    process.on(name, handler);
    return [name, handler] as const;
  });
  // A mistake of the runner itself must not leave a fault behind either.
  const onMistake = (thrown: unknown) => {
    const why = thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown);
    ending.abort(new DrillError('stopped', `the drill runner itself failed: ${why}`));
  };
  process.on('uncaughtException', onMistake);
  return {
    signal: ending.signal,
    exitCode: () => exitCode,
    close() {
      for (const [name, handler] of handlers) process.off(name, handler);
      process.off('uncaughtException', onMistake);
    },
  };
}
