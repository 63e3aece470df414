import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { registerUrl, runChild, startChild, withAgent } from '../harness/child.js';
import { call, sumOf } from '../harness/http.js';
import { type RedisServer, startRedis, whyNoRedis } from '../harness/redis.js';
import { telemetry } from '../harness/telemetry.js';
import { until } from '../harness/wait.js';

const skip = whyNoRedis();
/** Commands outside of a request have a span, too. */
const readsAll = `{ '@opentelemetry/instrumentation-ioredis': { requireParentSpan: false } }`;

interface Library {
  readonly cjs: string;
  readonly esm: string;
  /** Makes `client`, which is connected once `ready` is kept. */
  readonly make: string;
  readonly scope: string;
}
const libraries: Readonly<Record<string, Library>> = {
  ioredis: {
    cjs: `const { Redis } = require('ioredis');`,
    esm: `import { Redis } from 'ioredis';`,
    make: `const client = new Redis(port); const ready = new Promise((done) => client.once('ready', done));`,
    scope: 'ioredis',
  },
  'node-redis': {
    cjs: `const { createClient } = require('redis');`,
    esm: `import { createClient } from 'redis';`,
    make: `const client = createClient({ socket: { port } }).on('error', () => {}); const ready = client.connect();`,
    scope: 'redis',
  },
};

/** Asks five times once the agent has looked for drivers, which it does once a second, and lives on. */
const program = ({ make, scope }: Library): string => `
(async () => {
  const port = Number(process.env.REDIS_PORT);
  ${make}
  await ready;
  await new Promise((done) => setTimeout(done, 1500));
  for (let turn = 0; turn < 5; turn += 1) await client.get('customer:secret');
  const spans = globalThis.spans ? globalThis.spans() : [];
  const own = spans.filter((span) => span.instrumentationScope.name.endsWith('instrumentation-${scope}'));
  console.log('spans ' + own.filter((span) => /get/i.test(span.name)).length);
  setInterval(() => {}, 1000);
})();
`;

// OpenTelemetry takes seconds of a CPU to load: all at once, they would wait for each other.
describe('commands of Redis', { concurrency: 2 }, () => {
  let server: RedisServer;
  before(async () => {
    if (skip === false) server = await startRedis();
  });
  after(() => server?.close());

  for (const [name, library] of Object.entries(libraries)) {
    const body = program(library);
    const rows: readonly [string, string, readonly string[], string, number][] = [
      ['imported by an ES module', 'program.mjs', withAgent, `${library.esm}${body}`, 0],
      ['required by CommonJS', 'program.cjs', withAgent, `${library.cjs}${body}`, 0],
      [
        'with OpenTelemetry after the agent',
        'program.cjs',
        withAgent,
        `require('./telemetry.cjs');${library.cjs}${body}`,
        5,
      ],
      [
        'with OpenTelemetry before the agent',
        'program.cjs',
        ['--require', './telemetry.cjs', '--import', registerUrl],
        `${library.cjs}${body}`,
        5,
      ],
    ];
    for (const [way, file, flags, text, spans] of rows) {
      test(`of ${name} ${way} are counted once, and each has its span`, { skip }, async (t) => {
        const files = { 'telemetry.cjs': telemetry(readsAll) };
        const env = { REDIS_PORT: String(server.port) };
        const child = startChild(t, { program: text, name: file, files, flags, env });
        assert.equal(await child.printed(/spans (\d+)/), String(spans));
        const url = await child.url();
        const count = 'faultline_dependency_duration_seconds_count';
        const target = new RegExp(`target="(127\\.0\\.0\\.1|localhost):${server.port}"`);
        const metrics = await until('the snapshot with the last command has come', async () => {
          const { body: read } = await call(`${url}/metrics`);
          return target.test(read) && (sumOf(read, count) ?? 0) >= 5 ? read : null;
        });
        assert.equal(sumOf(metrics, count), 5);
        assert.equal(sumOf(metrics, 'faultline_dependency_errors_total'), 0);
        assert.equal(sumOf(metrics, 'faultline_dependency_in_flight'), 0);
        assert.ok(!metrics.includes('secret'));
      });
    }

    test(`of ${name} that fail reject as without the agent, handled or not`, { skip }, async (t) => {
      const text = `${library.cjs}
        process.on('unhandledRejection', ({ message }) => console.log('unhandled: ' + message));
        (async () => {
          const port = Number(process.env.REDIS_PORT);
          ${library.make}
          await ready;
          await new Promise((done) => setTimeout(done, 1500));
          await client.set('text', 'x');
          await client.incr('text').catch(({ message }) => console.log('handled: ' + message));
          client.incr('text');
          setTimeout(() => process.exit(), 500);
        })();`;
      const env = { REDIS_PORT: String(server.port), FAULTLINE_LOG: 'silent' };
      const run = (flags: readonly string[]) =>
        runChild(t, { program: text, name: 'program.cjs', flags, env });
      const [without, withIt] = await Promise.all([run([]), run(withAgent)]);
      assert.match(without.stdout, /^handled: .*\nunhandled: .*\n$/);
      assert.deepEqual(withIt, without);
    });
  }
});
