// A large file read at once.
// expect cause: sync-call
// expect function: loadDump
// expect api: fs.readFileSync
// expect at: readFileSync(
import { closeSync, ftruncateSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { blockStarts, serve } from './serve.mjs';

const path = join(tmpdir(), `faultline-dump-${process.pid}`);
// A file with a hole: it costs no disk, and reading it costs what reading a cached file costs.
const file = openSync(path, 'w');
ftruncateSync(file, 600_000_000);
closeSync(file);

function loadDump() {
  const bytes = readFileSync(path); // culprit
  return bytes.length;
}

serve(() => {
  blockStarts();
  const length = loadDump();
  rmSync(path);
  return length;
});
