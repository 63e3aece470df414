/** Entry of the process that keeps the embedded PostgreSQL. It is a process of its own so that somebody is left to
 *  stop the server and remove its directory when the demo is killed. */
import { describeFailure, exitCodeOf } from '../../failure.js';
import { onStopRequest, tellParent, tellParentAndWait } from '../../lifecycle/parent.js';
import { sweepDirectories } from './directory.js';
import { type EmbeddedServer, startEmbeddedServer } from './server.js';

const abort = new AbortController();
let server: EmbeddedServer | null = null;

async function stop(): Promise<void> {
  abort.abort();
  if (server === null) return;
  await server.stop();
  process.exit(0);
}

onStopRequest(() => void stop());
process.once('exit', () => server?.stopNow());

try {
  await sweepDirectories();
  server = await startEmbeddedServer(abort.signal);
  void server.exited.then(async () => {
    if (abort.signal.aborted) return;
    await server?.stop();
    process.exit(1);
  });
  if (abort.signal.aborted) await stop();
  tellParent({ type: 'ready', url: server.url, pid: server.pid, directory: server.directory });
} catch (error) {
  if (!abort.signal.aborted) await tellParentAndWait({ type: 'failed', message: describeFailure(error) });
  process.exit(abort.signal.aborted ? 0 : exitCodeOf(error));
}
