import { STATUS_CODES } from 'node:http';

/** One field of a request that is not acceptable. */
export interface FieldError {
  /** Path of the field, such as `attributes.color`; empty for the whole body. */
  readonly field: string;
  readonly message: string;
}

/** An answer that is an error, as RFC 9457 (problem details) tells it to the client. */
export class Problem extends Error {
  readonly status: number;
  /** Stable name of the problem for programs. */
  readonly code: string;
  readonly errors: readonly FieldError[];
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    status: number,
    code: string,
    detail: string,
    extra: {
      errors?: readonly FieldError[];
      headers?: Readonly<Record<string, string>>;
      cause?: unknown;
    } = {},
  ) {
    super(detail, { cause: extra.cause });
    this.name = 'Problem';
    this.status = status;
    this.code = code;
    this.errors = extra.errors ?? [];
    this.headers = extra.headers ?? {};
  }
}

/** Body of an error answer. `type` is about:blank: the title says no more than the status (RFC 9457, 4.2.1). */
export interface ProblemBody {
  readonly type: 'about:blank';
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: string;
  readonly errors?: readonly FieldError[];
  readonly traceId?: string;
}

/** What the client is told about a problem. */
export function problemBody(problem: Problem, traceId: string | null): ProblemBody {
  return {
    type: 'about:blank',
    title: STATUS_CODES[problem.status] ?? 'Error',
    status: problem.status,
    detail: problem.message,
    code: problem.code,
    ...(problem.errors.length > 0 && { errors: problem.errors }),
    ...(traceId !== null && { traceId }),
  };
}
