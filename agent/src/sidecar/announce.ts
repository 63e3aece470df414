import type { Logger } from 'pino';
import type { SidecarData } from '../protocol/messages.js';
import { writeDiscoveryFile } from './discovery/discovery-file.js';
import type { SidecarServer } from './http/server.js';

/** Tells the command line and the log that this agent is there. */
export async function announce(data: SidecarData, server: SidecarServer | null, log: Logger): Promise<void> {
  const { config, thread } = data;
  const url = server?.url ?? null;
  try {
    await writeDiscoveryFile(config.directory, {
      pid: process.pid,
      threadId: thread.id,
      service: config.service,
      url,
      startedAt: new Date(thread.startedAtMs).toISOString(),
    });
  } catch (error) {
    log.warn({ err: error }, `FAULTLINE_DIR ${config.directory} cannot be written to: no evidence is kept`);
  }
  if (server?.moved)
    log.warn({ wanted: config.port, url }, 'FAULTLINE_PORT is taken; a free port is used instead');
  const what = thread.id === 0 ? 'Faultline watches' : `Faultline watches worker thread ${thread.id}`;
  log.info({ url, stallMs: config.stallMs }, url === null ? what : `${what}: ${url}`);
}
