/** What the proxy's API answers when it cannot do what was asked: Toxiproxy's `{error, status}`. */
export class ProxyError extends Error {
  /** HTTP status: 400 wrong request, 403 not allowed, 404 not there, 409 there already, 413 too long, 500 failed. */
  readonly status: number;

  constructor(status: number, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'ProxyError';
    this.status = status;
  }
}

/** 400 with Toxiproxy's first words. */
export const badRequest = (message: string) => new ProxyError(400, `bad request body: ${message}`);
/** 400 for a field that must be given. */
export const missingField = (field: string) => new ProxyError(400, `missing required field: ${field}`);

/** Whatever was thrown, as what the API answers: 500 unless it says otherwise. */
export function messageAndStatus(thrown: unknown): ProxyError {
  if (thrown instanceof ProxyError) return thrown;
  return new ProxyError(500, thrown instanceof Error ? thrown.message : String(thrown), { cause: thrown });
}
