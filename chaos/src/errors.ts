/** Every error that the chaos library and the drill runner throw on purpose. `code` is stable; the message may be
 *  reworded. `details` goes into the problem document that HTTP callers receive. */
export class ChaosError extends Error {
  readonly code: ChaosErrorCode;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(
    code: ChaosErrorCode,
    message: string,
    details: Readonly<Record<string, unknown>> = {},
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = 'ChaosError';
    this.code = code;
    this.details = details;
  }
}

/** What went wrong, for programs. */
export type ChaosErrorCode =
  | 'body-malformed'
  | 'body-too-large'
  | 'not-allowed'
  | 'token-wrong'
  | 'route-unknown'
  | 'method-unknown'
  | 'fault-unknown'
  | 'fault-running'
  | 'fault-failed'
  | 'lease-unknown'
  | 'lease-ended'
  | 'target-taken'
  | 'request-invalid'
  | 'timekeeper-lost';

/** The message of whatever was thrown, for logs and problem documents. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
