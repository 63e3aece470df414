/** Entry of the load generator's process. */
import { parseArguments, parseNumber } from './arguments.js';
import { describeFailure, exitCodeOf } from './failure.js';
import { onStopRequest, tellParent, tellParentAndWait } from './lifecycle/parent.js';
import { parseTarget } from './load/client.js';
import { systemClock } from './load/open-loop.js';
import { createProgress, describeLoad } from './load/progress.js';
import { startLoad } from './load/run.js';

const help = `Open-loop load for the product catalog: requests come by the clock and do not wait for answers.

Usage: node demo-app/dist/src/load.js --target URL [options]

  --target URL         the API, on this machine only
  --rate N             requests a second, 0.1 to 5000 (default 40)
  --export-every S     seconds between two exports, 0.2 to 3600, or 0 for none (default 5);
                       the admin token comes from ADMIN_TOKEN, and without it there are no exports
  --feature-every S    seconds between two visits to the same one of the smaller features (product sheet, search by a
                       scanner, preview link, stock report, new arrivals), 0.2 to 3600, or 0 for none (default 2)
  --slow-readers N     readers of the export with a slow line, 0 to 100 (default 0); they need the admin token, too
  --duration S         seconds, 1 to 86400 (default 60)
  --products N         ids of products go from 1 to N (default 50000)
  --max-in-flight N    unanswered requests beyond which arrivals are dropped (default 1000)
  --seed N             the same seed sends the same requests at the same times (default 1)
  --help
`;

const options = {
  target: { type: 'string' },
  rate: { type: 'string', default: '40' },
  'export-every': { type: 'string', default: '5' },
  'feature-every': { type: 'string', default: '2' },
  'slow-readers': { type: 'string', default: '0' },
  duration: { type: 'string', default: '60' },
  products: { type: 'string', default: '50000' },
  'max-in-flight': { type: 'string', default: '1000' },
  seed: { type: 'string', default: '1' },
  help: { type: 'boolean', default: false },
} as const;

const summaryEveryMs = 1_000;
const closeLimitMs = 1_500;

function start(): void {
  const values = parseArguments(process.argv.slice(2), options);
  if (values.help) {
    process.stdout.write(help);
    return;
  }
  // Whoever has forked this process decides when it ends; run by hand it ends by itself.
  const isForked = process.send !== undefined;
  const durationMs =
    parseNumber('duration', values.duration, { min: 1, max: 86_400, orZero: isForked }) * 1_000;
  const load = startLoad(
    {
      target: parseTarget(values.target ?? ''),
      rate: parseNumber('rate', values.rate, { min: 0.1, max: 5_000 }),
      exportEveryMs:
        parseNumber('export-every', values['export-every'], { min: 0.2, max: 3_600, orZero: true }) * 1_000,
      featureEveryMs:
        parseNumber('feature-every', values['feature-every'], { min: 0.2, max: 3_600, orZero: true }) * 1_000,
      slowReaders: parseNumber('slow-readers', values['slow-readers'], { min: 0, max: 100, whole: true }),
      adminToken: process.env.ADMIN_TOKEN || null,
      seed: parseNumber('seed', values.seed, { min: 0, max: 4_294_967_295, whole: true }),
      productCount: parseNumber('products', values.products, { min: 1, max: 10_000_000, whole: true }),
      maxInFlight: parseNumber('max-in-flight', values['max-in-flight'], {
        min: 1,
        max: 10_000,
        whole: true,
      }),
    },
    systemClock,
  );
  const progress = createProgress(process.stderr);
  const timer = setInterval(() => {
    const summary = load.summarize();
    if (isForked) tellParent(summary);
    else progress.show(summary);
  }, summaryEveryMs);

  const stop = async () => {
    clearInterval(timer);
    await load.close(closeLimitMs);
    const summary = load.summarize();
    if (isForked) await tellParentAndWait(summary);
    else
      progress.interrupt(() =>
        process.stdout.write(`${describeLoad(summary)} · ${summary.completed} answered\n`),
      );
    process.exit(0);
  };
  onStopRequest(() => void stop());
  if (durationMs > 0) setTimeout(() => void stop(), durationMs);
  tellParent({ type: 'ready' });
}

try {
  start();
} catch (error) {
  const message = describeFailure(error);
  if (process.connected) await tellParentAndWait({ type: 'failed', message });
  else process.stderr.write(`${message}\n`);
  process.exit(exitCodeOf(error));
}
