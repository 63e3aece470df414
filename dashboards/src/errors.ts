/** Every error that the renderer throws on purpose. `code` is stable; the message may be reworded. */
export class DashboardsError extends Error {
  readonly code: string;

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'DashboardsError';
    this.code = code;
  }
}
