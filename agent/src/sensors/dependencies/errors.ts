import type { DependencyError } from '../../protocol/dependency.js';

const classOfCode: Readonly<Record<string, DependencyError>> = {
  ECONNREFUSED: 'refused',
  ECONNRESET: 'reset',
  EPIPE: 'reset',
  ECONNABORTED: 'reset',
  UND_ERR_SOCKET: 'reset',
  UND_ERR_CLOSED: 'reset',
  // PostgreSQL's own codes for a connection that the server ends.
  '57P01': 'reset',
  '57P02': 'reset',
  '57P03': 'refused',
  // Too many clients already.
  '53300': 'refused',
  '08006': 'reset',
  ETIMEDOUT: 'timeout',
  ESOCKETTIMEDOUT: 'timeout',
  EHOSTUNREACH: 'timeout',
  UND_ERR_CONNECT_TIMEOUT: 'timeout',
  UND_ERR_HEADERS_TIMEOUT: 'timeout',
  UND_ERR_BODY_TIMEOUT: 'timeout',
  // PostgreSQL: the statement took longer than statement_timeout.
  '57014': 'timeout',
  ENOTFOUND: 'dns',
  EAI_AGAIN: 'dns',
};

type Fault = { readonly name?: unknown; readonly code?: unknown; readonly cause?: unknown };
const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;

/** The class of what a client was told. Null when the caller itself has given up, which says nothing about the
 *  dependency. Happy Eyeballs' AggregateError carries the code of its first attempt. */
export function classifyError(error: unknown): DependencyError | null {
  if (!isObject(error)) return 'other';
  const { name, code, cause } = error as Fault;
  if (name === 'TimeoutError' || (isObject(cause) && (cause as Fault).name === 'TimeoutError'))
    return 'timeout';
  const known = typeof code === 'string' ? classOfCode[code] : undefined;
  if (known !== undefined) return known;
  if (name === 'AbortError' || code === 'ABORT_ERR' || code === 'UND_ERR_ABORTED') return null;
  const inner = isObject(cause) ? classOfCode[String((cause as Fault).code)] : undefined;
  return inner ?? 'other';
}
