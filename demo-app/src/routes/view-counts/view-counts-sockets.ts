import { createSocket, type Socket } from 'node:dgram';
import type { Logger } from '../../log.js';
import type { LeakingOptions, LeakingViewCounts } from './twin-options.js';

/** Where a collector of statistics listens by custom. Nobody needs to: a datagram is sent and forgotten. */
const collectorPort = 8_125;
/** The fault ends here, whatever its lease says. */
const socketsMax = 5_000;

/** Tells a collector of statistics of each view, by a client that is made where it is needed and never closed: its socket
 *  keeps a descriptor. The good twin is view-counts.ts. */
export function createSocketViewCounts(log: Logger, options: LeakingOptions): LeakingViewCounts {
  const { perView, expired, onLeave } = options;
  const sockets: Socket[] = [];
  // Less than one for each view is one for every so many.
  let owed = 0;
  const countOnCollector = (productId: number): void => {
    const socket = createSocket('udp4');
    socket.on('error', (error) => log.debug({ err: error }, 'view not counted'));
    socket.send(`views.${productId}:1|c`, collectorPort, '127.0.0.1');
    sockets.push(socket);
    onLeave();
  };
  return {
    countView(productId) {
      if (expired()) return;
      for (owed += perView; owed >= 1 && sockets.length < socketsMax; owed -= 1) countOnCollector(productId);
    },
    clear() {
      for (const socket of sockets.splice(0)) socket.close();
    },
  };
}
