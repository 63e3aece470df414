/** The part of a pino logger that is used here; any logger with pino's argument order fits. */
export interface ChaosLogger {
  info(fields: Readonly<Record<string, unknown>>, message: string): void;
  warn(fields: Readonly<Record<string, unknown>>, message: string): void;
}

/** One JSON line on stderr for services without a logger: a fault must never start or end unseen. */
export const stderrLogger: ChaosLogger = {
  info: (fields, message) => write('info', fields, message),
  warn: (fields, message) => write('warn', fields, message),
};

function write(level: string, fields: Readonly<Record<string, unknown>>, message: string): void {
  const line = { level, time: new Date().toISOString(), name: 'faultline.chaos', ...fields, msg: message };
  process.stderr.write(`${JSON.stringify(line)}\n`);
}
