// A large answer compressed at once.
// expect cause: sync-call
// expect function: compressExport
// expect api: zlib.gzipSync
// expect at: gzipSync(
import { randomBytes } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { blockStarts, serve } from './serve.mjs';

const text = Buffer.from(randomBytes(25_000_000).toString('base64'));

function compressExport() {
  return gzipSync(text, { level: 9 }).length; // culprit
}

serve(() => {
  blockStarts();
  return compressExport();
});
