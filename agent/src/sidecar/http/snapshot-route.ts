import { createReadStream } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { basename } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { FaultlineError } from '../../errors.js';
import type { SnapshotLine, SnapshotProgress, TakenSnapshot } from '../../protocol/heap-snapshot.js';
import { sendProblem } from './problem.js';
import type { Route } from './server.js';

const statuses: Readonly<Record<string, readonly [number, string]>> = {
  ERR_FAULTLINE_SNAPSHOT_BUSY: [409, 'Conflict'],
  ERR_FAULTLINE_SNAPSHOT_MEMORY: [409, 'Conflict'],
  ERR_FAULTLINE_SNAPSHOT_DISK: [507, 'Insufficient Storage'],
  ERR_FAULTLINE_SNAPSHOT_BLOCKED: [503, 'Service Unavailable'],
};

export type TakeSnapshot = (options: {
  readonly signal: AbortSignal;
  readonly onProgress?: (progress: SnapshotProgress) => void;
}) => Promise<TakenSnapshot>;

/** POST /snapshots/heap: the snapshot itself, or, to who accepts application/x-ndjson, one line of JSON for each
 *  step of it, and at the end where the file lies. Nobody waits for it any more when the client has gone. */
export function createSnapshotRoute(take: TakeSnapshot): Route {
  return {
    method: 'POST',
    path: /^\/snapshots\/heap$/,
    async handle(request, response) {
      const gone = new AbortController();
      response.on('close', () => gone.abort());
      const { signal } = gone;
      const tellsProgress = request.headers.accept?.includes('application/x-ndjson') === true;
      try {
        if (tellsProgress) await tell(response, take, signal);
        else await sendFile(response, await take({ signal }));
      } catch (error) {
        if (!signal.aborted) answerFailure(response, error);
      }
    },
  };
}

/** The status is sent with the first line, so what is refused at once still has a status of its own. */
async function tell(response: ServerResponse, take: TakeSnapshot, signal: AbortSignal): Promise<void> {
  const send = (line: SnapshotLine): void => {
    if (!response.headersSent) {
      response.writeHead(200, { 'content-type': 'application/x-ndjson', 'cache-control': 'no-store' });
    }
    response.write(`${JSON.stringify(line)}\n`);
  };
  const onProgress = (progress: SnapshotProgress): void => {
    if (progress.state !== 'waiting' && !signal.aborted) send(progress);
  };
  const taken = await take({ signal, onProgress });
  send({ state: 'done', ...taken });
  response.end();
}

async function sendFile(response: ServerResponse, { file, bytes }: TakenSnapshot): Promise<void> {
  response.writeHead(200, {
    'content-type': 'application/json',
    'content-length': bytes,
    'content-disposition': `attachment; filename="${basename(file)}"`,
    'x-content-type-options': 'nosniff',
    'cache-control': 'no-store',
  });
  await pipeline(createReadStream(file), response);
}

function answerFailure(response: ServerResponse, error: unknown): void {
  const known = error instanceof FaultlineError ? statuses[error.code] : undefined;
  const [status, title] = known ?? [500, 'Internal Server Error'];
  const detail = error instanceof Error ? error.message : String(error);
  if (!response.headersSent) sendProblem(response, status, title, detail);
  else if (response.getHeader('content-length') !== undefined) response.destroy();
  else response.end(`${JSON.stringify({ state: 'failed', status, detail } satisfies SnapshotLine)}\n`);
}
