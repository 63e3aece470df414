import type { IncomingMessage } from 'node:http';
import { ChaosError } from '../errors.js';

/** Unit: bytes. A fault has a handful of numbers. */
const limitBytes = 16 * 1024;

/** A request of `node:http`, with what a body parser before us may have left on it. */
export type ParsedRequest = IncomingMessage & { readonly body?: unknown };

/** Reads a JSON object; an empty body is an empty object. Uses `request.body` when a parser ran before.
 *  @throws ChaosError `body-too-large`, `body-malformed` or `request-invalid`. */
export async function readJsonObject(request: ParsedRequest): Promise<Readonly<Record<string, unknown>>> {
  const value = request.body === undefined ? parse(await readText(request)) : request.body;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new ChaosError('request-invalid', `the body must be a JSON object, got ${JSON.stringify(value)}`);
  }
  return Object.fromEntries(Object.entries(value));
}

function parse(text: string): unknown {
  if (text.trim() === '') return {};
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new ChaosError('body-malformed', 'the body must be a JSON object', {}, { cause });
  }
}

async function readText(request: IncomingMessage): Promise<string> {
  // A parser before us that read the stream but left no body has nothing for us to wait for.
  if (request.readableEnded) return '';
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    const buffer = Buffer.from(chunk);
    bytes += buffer.byteLength;
    if (bytes > limitBytes) {
      throw new ChaosError('body-too-large', `the body may have ${limitBytes} bytes, got more`);
    }
    chunks.push(buffer);
  }
  return Buffer.concat(chunks).toString('utf8');
}
