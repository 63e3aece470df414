/** Entry of `npm start`: the whole demo, from an empty machine to a service under load. */
import { describeFailure, exitCodeOf } from './failure.js';
import { onStopRequest, tellParentAndWait } from './lifecycle/parent.js';
import { createProgress } from './load/progress.js';
import { isLoadSummary } from './load/statistics.js';
import { describeReady } from './orchestrate/addresses.js';
import { type Demo, startDemo } from './orchestrate/demo.js';
import type { DemoMessage } from './orchestrate/messages.js';
import { helpText, parseOptions } from './orchestrate/options.js';

// A reader that has gone away, such as `npm start | head`, is no reason to end without cleaning up.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});

/** What a drill runner hears; see orchestrate/messages.ts. */
const tell = (message: DemoMessage) => tellParentAndWait(message);
const progress = createProgress(process.stderr);
let demo: Demo | null = null;
let ending = false;

async function end(failure: unknown): Promise<void> {
  if (ending) return;
  ending = true;
  if (failure !== null) {
    const message = describeFailure(failure);
    progress.finish(message);
    await tell({ type: 'failed', message });
  }
  await demo?.stop();
  process.exit(failure === null ? 0 : exitCodeOf(failure));
}

async function run(): Promise<void> {
  const options = parseOptions(process.argv.slice(2));
  if (options === null) return void process.stdout.write(helpText());
  const startedMs = performance.now();
  const say = (text: string) => {
    if (!options.quiet) process.stderr.write(`${text}\n`);
  };
  onStopRequest((reason) => {
    if (!options.quiet) progress.finish(`Stopping: ${reason}.`);
    void end(null);
  });
  say('Starting the demo …');
  demo = startDemo(options, process.env, {
    onStep: say,
    onOutput: (stream, line) => progress.interrupt(() => process[stream].write(`${line}\n`)),
    onLoad(message) {
      if (!isLoadSummary(message)) return;
      void tell(message);
      if (!options.quiet && !ending) progress.show(message);
    },
    onLost: (failure) => void end(failure),
  });
  const ready = await demo.ready;
  process.stdout.write(describeReady(ready, (performance.now() - startedMs) / 1_000));
  void tell(ready);
}

process.on('uncaughtException', (error) => void end(error));

try {
  await run();
} catch (error) {
  // A stop in the middle of the start makes the start fail; that is no failure.
  if (!ending) await end(error);
}
