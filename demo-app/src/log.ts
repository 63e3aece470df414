import { type Logger, type LoggerOptions, pino } from 'pino';

/** JSON lines on stdout. OpenTelemetry's pino instrumentation adds trace_id and span_id where a span is active. */
export function createLogger(level: string, service: string): Logger {
  return pino(options(level, service));
}

/** The same, and each line waits until standard output has taken it, as people choose who must not lose one. */
export function createWaitingLogger(level: string, service: string): Logger {
  return pino(options(level, service), pino.destination({ dest: 1, sync: true }));
}

const options = (level: string, service: string): LoggerOptions => ({
  level,
  base: { service, pid: process.pid },
  // pg hangs its whole client on an error; a log needs none of it.
  serializers: { err: describeError },
});

/** The part of an error that helps: no data, no connection, no secret. */
function describeError(error: unknown): object {
  if (!(error instanceof Error)) return { message: String(error) };
  return {
    type: error.name,
    message: error.message,
    ...('code' in error && { code: error.code }),
    stack: error.stack,
  };
}

export type { Logger };
