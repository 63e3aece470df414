import type { IncomingMessage } from 'node:http';
import { badRequest, ProxyError } from '../errors.js';

/** Unit: bytes. Room for a list of all the proxies that there may be. */
const limitBytes = 128 * 1024;

/** Reads a JSON text of bounded length.
 *  @throws ProxyError 400 when it is none, 413 when it is too long. */
export async function readJson(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    const buffer = Buffer.from(chunk);
    bytes += buffer.byteLength;
    if (bytes > limitBytes) throw new ProxyError(413, `the body may have ${limitBytes} bytes, got more`);
    chunks.push(buffer);
  }
  const text = Buffer.concat(chunks).toString('utf8');
  if (text.trim() === '') throw badRequest('it is empty');
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw badRequest(cause instanceof Error ? cause.message : String(cause));
  }
}
