/** Every error that Faultline throws on purpose. `code` is stable; the message may be reworded. */
export class FaultlineError extends Error {
  readonly code: string;

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'FaultlineError';
    this.code = code;
  }
}
