/** A problem that ends a process with one clear line and no stack trace. */
export class Failure extends Error {
  /** Stable name of the problem, such as ERR_DEMO_CONFIG. */
  readonly code: string;
  /** 2 for wrong usage or configuration, 1 for anything else. */
  readonly exitCode: 1 | 2;

  constructor(code: string, message: string, exitCode: 1 | 2 = 1, options?: ErrorOptions) {
    super(message, options);
    this.name = 'Failure';
    this.code = code;
    this.exitCode = exitCode;
  }
}

/** The one line that people see: a Failure speaks for itself, anything else is unexpected and says so. */
export function describeFailure(error: unknown): string {
  if (error instanceof Failure) return error.message;
  return `Unexpected error: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`;
}

/** Exit code for an error: its own when it is a Failure, else 1. */
export function exitCodeOf(error: unknown): 1 | 2 {
  return error instanceof Failure ? error.exitCode : 1;
}
