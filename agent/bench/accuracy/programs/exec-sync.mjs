// A command run to its end in a handler.
// expect cause: sync-call
// expect function: convertImage
// expect api: child_process.execSync
// expect at: execSync(
import { execSync } from 'node:child_process';
import { blockStarts, serve } from './serve.mjs';

function convertImage() {
  return execSync('sleep 0.7').length; // culprit
}

serve(() => {
  blockStarts();
  return convertImage();
});
