/** What went wrong around a drill, for programs. */
export type DrillErrorCode =
  | 'usage'
  | 'drill-unknown'
  | 'document-invalid'
  | 'page-invalid'
  | 'setting-missing'
  | 'target-locked'
  | 'target-lost'
  | 'alerting-unavailable'
  | 'expectation-missed'
  | 'stopped'
  | 'interrupted';

/** Every error that the drill runner throws on purpose. The message is meant for the person at the terminal. */
export class DrillError extends Error {
  readonly code: DrillErrorCode;

  constructor(code: DrillErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'DrillError';
    this.code = code;
  }
}
