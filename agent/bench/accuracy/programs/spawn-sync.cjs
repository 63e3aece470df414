// CommonJS. A command through the other door of the same module.
// expect cause: sync-call
// expect function: gitRevision
// expect api: child_process.spawnSync
// expect at: spawnSync(
const { spawnSync } = require('node:child_process');

function gitRevision() {
  return spawnSync('sleep', ['0.7']).status; // culprit
}

import('./serve.mjs').then(({ blockStarts, serve }) => {
  serve(() => {
    blockStarts();
    return gitRevision();
  });
});
