import http, { type IncomingMessage } from 'node:http';
import type { Clock } from './open-loop.js';

/** How slow readers read, and how many they are. */
export interface SlowReaderOptions {
  readonly target: URL;
  readonly adminToken: string;
  /** Each has one download at a time. */
  readonly count: number;
  readonly clock: Clock;
}

/** Readers of the export with a slow line. */
export interface SlowReaders {
  /** Downloads that are being read now. */
  reading(): number;
  /** Ends every download. */
  close(): void;
}

/** A look takes what has come, one buffer of a socket at the most: some 130 kB a second, so that an export of tens of MB takes
 *  minutes. Unit: ms. */
const readEveryMs = 500;
/** Time until somebody who was refused, cut off or is done asks again. Unit: ms. */
const againMs = 8_000;

/** Starts readers of the export who take what is sent little by little, for as long as they are let. They do not come all at
 *  once. */
export function startSlowReaders({ target, adminToken, count, clock }: SlowReaderOptions): SlowReaders {
  const agent = new http.Agent({ keepAlive: false, maxSockets: count });
  const url = new URL('/admin/products/export-all', target);
  let isOver = false;
  let reading = 0;
  const cancels = new Map<number, () => void>();
  /** Each reader waits for one thing at a time. */
  const later = (reader: number, delayMs: number, work: () => void): void => {
    if (!isOver) cancels.set(reader, clock.schedule(delayMs, work));
  };
  const download = (reader: number): void => {
    const request = http.get(url, { agent, headers: { Authorization: `Bearer ${adminToken}` } });
    request.on('error', () => {});
    request.once('response', (response) => {
      response.on('error', () => {});
      if (response.statusCode !== 200) return void response.resume();
      reading += 1;
      response.once('close', () => {
        reading -= 1;
      });
      take(reader, response);
    });
    request.once('close', () => later(reader, againMs, () => download(reader)));
  };
  const take = (reader: number, response: IncomingMessage): void => {
    if (response.destroyed || response.readableEnded) return;
    response.read();
    later(reader, readEveryMs, () => take(reader, response));
  };
  for (let reader = 0; reader < count; reader += 1)
    later(reader, (againMs / count) * reader, () => download(reader));
  return {
    reading: () => reading,
    close() {
      isOver = true;
      for (const cancel of cancels.values()) cancel();
      agent.destroy();
    },
  };
}
