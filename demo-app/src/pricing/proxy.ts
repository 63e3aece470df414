/** Entry of the process of the TCP proxy in front of the pricing service. UPSTREAM is the service's host:port. */
import { startProxyServer } from '@faultline/chaos';
import { describeFailure, exitCodeOf } from '../failure.js';
import { onStopRequest, tellParent, tellParentAndWait } from '../lifecycle/parent.js';

/** The name that faults know the proxy by. */
const name = 'pricing';

try {
  const server = await startProxyServer({
    listen: '127.0.0.1:0',
    proxies: [{ name, upstream: process.env.UPSTREAM ?? '' }],
    log: (line) => process.stderr.write(`${line}\n`),
  });
  onStopRequest(async () => {
    await server.close();
    process.exit(0);
  });
  tellParent({ type: 'ready', url: `http://${server.addressOf(name)}`, apiUrl: server.url });
} catch (error) {
  const message = describeFailure(error);
  if (process.connected) await tellParentAndWait({ type: 'failed', message });
  else process.stderr.write(`${message}\n`);
  process.exit(exitCodeOf(error));
}
