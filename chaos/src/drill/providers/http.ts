import type { HttpProvider, Json } from '../experiment.js';
import { requestOnce } from './http-request.js';

/** Runs an http provider. The output is that of Chaos Toolkit: status, headers, and the body, parsed when it is
 *  JSON. */
export async function callHttp(provider: HttpProvider, signal: AbortSignal): Promise<Json> {
  const { method, arguments: given } = provider;
  const hasBody = !['GET', 'HEAD'].includes(method) && given !== null;
  const { status, headers, text } = await requestOnce({
    method,
    url: hasBody ? provider.url : withQuery(provider.url, given),
    headers: provider.headers,
    ...(hasBody && { json: given }),
    timeoutMs: Math.round(provider.timeout * 1000),
    verifyTls: provider.verify_tls,
    signal,
  });
  return { status, headers, body: parseBody(text, headers['content-type'] ?? '') };
}

function withQuery(address: string, given: Json): string {
  if (typeof given !== 'object' || given === null) return address;
  const url = new URL(address);
  for (const [name, value] of Object.entries(given)) {
    url.searchParams.append(name, typeof value === 'string' ? value : JSON.stringify(value));
  }
  return url.href;
}

function parseBody(text: string, contentType: string): Json {
  if (!/\bjson\b/.test(contentType)) return text;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
