// A password hashed on the main thread.
// expect cause: sync-call
// expect function: hashPassword
// expect api: crypto.pbkdf2Sync
// expect at: pbkdf2Sync(
import { pbkdf2Sync } from 'node:crypto';
import { blockStarts, serve } from './serve.mjs';

function hashPassword(password) {
  return pbkdf2Sync(password, 'salt', 1_200_000, 32, 'sha512').toString('hex'); // culprit
}

serve(() => {
  blockStarts();
  return hashPassword('secret');
});
