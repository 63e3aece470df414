// CommonJS. A password hashed on the main thread, the other way.
// expect cause: sync-call
// expect function: deriveKey
// expect api: crypto.scryptSync
// expect at: scryptSync(
const crypto = require('node:crypto');

function deriveKey(password) {
  const cost = { N: 2 ** 17, r: 8, p: 2, maxmem: 512 * 1024 * 1024 };
  return crypto.scryptSync(password, 'salt', 32, cost).toString('hex'); // culprit
}

import('./serve.mjs').then(({ blockStarts, serve }) => {
  serve(() => {
    blockStarts();
    return deriveKey('secret');
  });
});
