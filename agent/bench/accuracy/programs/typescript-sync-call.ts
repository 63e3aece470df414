// A synchronous call in TypeScript: types in front of it move it to another column than that of the code that runs.
// expect cause: sync-call
// expect function: checksumOf
// expect api: child_process.execSync
// expect at: execSync(
import { execSync } from 'node:child_process';
import { blockStarts, serve } from './serve.mjs';

export function checksumOf(path: string): string {
  const output: Buffer = execSync(`sleep 0.7; echo ${path as string}`) as Buffer; // culprit
  return output.toString('utf8');
}

serve((): string => {
  blockStarts();
  return checksumOf('catalog');
});
