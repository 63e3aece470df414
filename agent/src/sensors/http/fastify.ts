import { listen } from '../dependencies/channels.js';
import { servingOf } from './served-requests.js';

interface Message {
  readonly request: { readonly raw?: unknown };
  readonly route?: { readonly url?: unknown };
}

/** Fastify tells which route a request has when its handler is about to run. One that a hook or a validation ends before
 *  that has none. Source: the tracing channel fastify.request.handler. Returns what ends that. */
export const watchFastifyRoutes = (): (() => void) =>
  listen<Message>({
    'tracing:fastify.request.handler:start': ({ request, route }) => {
      const serving = servingOf(request.raw);
      if (serving !== null && typeof route?.url === 'string') serving.hint = route.url;
    },
  });
