import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { sendJson } from '../../http/problem.js';
import type { ProxyCollection } from '../collection.js';
import { messageAndStatus, ProxyError } from '../errors.js';
import { readJson } from './body.js';
import { refuseBrowsers } from './guard.js';
import { type Answer, routes } from './routes.js';

/** Makes the handler of the API. Calls are answered one after the other, each body being read before its turn. */
export function createProxyHandler(collection: ProxyCollection): RequestListener {
  let turn: Promise<unknown> = Promise.resolve();
  const inTurn = (work: () => Promise<Answer>): Promise<Answer> => {
    const result = turn.then(work);
    turn = result.catch(() => {});
    return result;
  };
  return (request, response) => {
    void answerTo(request, collection, inTurn).then(
      ({ status, body }) => send(response, status, body),
      (thrown: unknown) => {
        const { status, message } = messageAndStatus(thrown);
        // The rest of a body that was refused is not read, so the connection cannot be used again.
        send(response, status, { error: message, status }, request.complete ? {} : { connection: 'close' });
      },
    );
  };
}

async function answerTo(
  request: IncomingMessage,
  collection: ProxyCollection,
  inTurn: (work: () => Promise<Answer>) => Promise<Answer>,
): Promise<Answer> {
  refuseBrowsers(request);
  const path = (request.url ?? '/').split('?', 1)[0]?.replace(/(?<=.)\/+$/, '') ?? '/';
  const matching = routes.filter((route) => route.pattern.test(path));
  if (matching.length === 0) throw new ProxyError(404, `no route ${path}`);
  const route = matching.find((one) => one.methods.includes(request.method ?? ''));
  if (!route) {
    const known = matching.flatMap((one) => one.methods).join(', ');
    throw new ProxyError(405, `${path} has ${known}, got ${request.method}`);
  }
  const { proxy = '', toxic = '' } = route.pattern.exec(path)?.groups ?? {};
  const hasBody = request.method === 'POST' || request.method === 'PATCH';
  const read = hasBody ? await settle(readJson(request)) : null;
  const body = async () => {
    if (read && 'error' in read) throw read.error;
    return read?.value;
  };
  return inTurn(() => route.answer({ collection, body, proxy: decode(proxy), toxic: decode(toxic) }));
}

/** A body that cannot be read is only told of when the route asks for it: one that does not exist comes first. */
async function settle<T>(promise: Promise<T>): Promise<{ readonly value: T } | { readonly error: unknown }> {
  try {
    return { value: await promise };
  } catch (error) {
    return { error };
  }
}

function send(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): void {
  if (response.destroyed) return;
  if (body === undefined) response.writeHead(status, headers).end();
  else sendJson(response, status, body, headers);
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
