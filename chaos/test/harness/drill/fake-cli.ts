import { join } from 'node:path';
import { runCli } from '../../../src/cli/main.js';
import { fakeDemoFile } from './run-fake.js';

// The command line over the repository that the first argument names, with the fake demo.
const [root = '', ...args] = process.argv.slice(2);
process.exitCode = await runCli({
  args,
  root,
  drills: join(root, 'drills'),
  demoEntry: fakeDemoFile,
  environment: process.env,
  stdout: (text) => process.stdout.write(text),
  stderr: (text) => process.stderr.write(text),
});
