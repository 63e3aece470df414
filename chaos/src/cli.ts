import { fileURLToPath } from 'node:url';
import { runCli } from './cli/main.js';

// A reader that has gone away, such as `faultline-drill list | head`, is no reason to leave a fault behind.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});

const folder = (path: string) => fileURLToPath(new URL(path, import.meta.url)).replace(/\/$/, '');

process.exitCode = await runCli({
  args: process.argv.slice(2),
  root: folder('../../../'),
  drills: folder('../../drills/'),
  demoEntry: folder('../../../demo-app/dist/src/main.js'),
  environment: process.env,
  stdout: (text) => process.stdout.write(text),
  stderr: (text) => process.stderr.write(text),
});
