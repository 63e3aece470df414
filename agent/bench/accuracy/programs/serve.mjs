/** What every program here needs: a small HTTP server around its handler, and a note of when its block starts. */
import { writeSync } from 'node:fs';
import { createServer } from 'node:http';

/** Serves `handler` on a free port of the loopback interface and tells the benchmark which one. */
export function serve(handler) {
  const server = createServer(async (request, response) => {
    const answer = await handler(request);
    response.end(String(answer));
  });
  server.listen(0, '127.0.0.1', () => tell({ port: server.address().port }));
}

/** Call it on the line before the block. */
export function blockStarts() {
  tell({ blockStartsAtMs: performance.timeOrigin + performance.now() });
}

/** True until `ms` have passed: how long a loop takes then does not depend on the machine. */
export function lasting(ms) {
  const endMs = performance.now() + ms;
  return () => performance.now() < endMs;
}

/** Written at once: a stream would wait for the loop. */
function tell(message) {
  writeSync(1, `${JSON.stringify(message)}\n`);
}
