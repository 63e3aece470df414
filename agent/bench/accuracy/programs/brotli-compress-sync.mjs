// Brotli at its best and slowest level, as its default is.
// expect cause: sync-call
// expect function: compressPage
// expect api: zlib.brotliCompressSync
// expect at: brotliCompressSync(
import { randomBytes } from 'node:crypto';
import zlib from 'node:zlib';
import { blockStarts, serve } from './serve.mjs';

const page = Buffer.from(randomBytes(900_000).toString('base64'));

function compressPage() {
  return zlib.brotliCompressSync(page).length; // culprit
}

serve(() => {
  blockStarts();
  return compressPage();
});
