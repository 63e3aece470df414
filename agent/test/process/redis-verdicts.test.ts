import assert from 'node:assert/strict';
import { describe, type TestContext, test } from 'node:test';
import { Redis } from 'ioredis';
import type { Incident, IncidentList } from '../../src/protocol/incident.js';
import { startChild } from '../harness/child.js';
import { crowded } from '../harness/crowded.js';
import { call, getJson } from '../harness/http.js';
import { type RedisServer, startRedis, whyNoRedis } from '../harness/redis.js';
import { until } from '../harness/wait.js';

const skip = whyNoRedis();
/** What is usual is learnt within a minute; a busy machine may take longer for everything. Unit: ms. */
const limitMs = 180_000;

/** Asks twenty times a second, whatever becomes of it. */
const ask = `
setInterval(() => { client.set('customer:secret', 'secret').catch(() => {}); }, 50);
`;
const programs: Readonly<Record<string, string>> = {
  ioredis: `import { Redis } from 'ioredis';
    const client = new Redis(Number(process.env.REDIS_PORT), '127.0.0.1').on('error', () => {});${ask}`,
  'node-redis': `import { createClient } from 'redis';
    const client = createClient({ socket: { host: '127.0.0.1', port: Number(process.env.REDIS_PORT) } });
    await client.on('error', () => {}).connect();${ask}`,
};

/** Keeps the server from answering for most of the time, until it is told not to. */
function slowDown(t: TestContext, { port }: RedisServer): () => void {
  const client = new Redis(port, '127.0.0.1').on('error', () => {});
  let isSlow = true;
  const sleep = async () => {
    while (isSlow) await client.call('DEBUG', 'SLEEP', '0.4').catch(() => {});
  };
  void sleep();
  const end = (): void => {
    isSlow = false;
    client.disconnect();
  };
  t.after(end);
  return end;
}

describe('a Redis server', { concurrency: true }, () => {
  for (const [library, program] of Object.entries(programs)) {
    test(`that ${library} asks is named when it is slow, and when it is gone, with who waits for it`, {
      skip,
    }, async (t) => {
      const reason = crowded();
      if (reason !== null) return t.skip(reason);
      const server = await startRedis(undefined, { 'enable-debug-command': 'local' });
      t.after(() => server.close());
      const child = startChild(t, { program, env: { REDIS_PORT: String(server.port) } });
      const url = await child.url();
      const target = `127.0.0.1:${server.port}`;
      const open = (kind: string, cause?: string): Promise<Incident> =>
        until(
          `${kind} is open`,
          async () => {
            const { incidents } = await getJson<IncidentList>(`${url}/incidents`);
            return incidents.find(
              (incident) => incident.kind === kind && (cause ?? incident.cause) === incident.cause,
            );
          },
          limitMs,
        );
      await until(
        'what is usual is learnt',
        async () =>
          /^faultline_dependency_slow_limit_seconds\{.+\} /m.test((await call(`${url}/metrics`)).body),
        limitMs,
      );
      const hurry = slowDown(t, server);
      const slow = await open('dependency-slow');
      assert.deepEqual([slow.target, slow.cause], [target, 'latency']);
      hurry();
      await server.kill();
      // The calls that were under way are reset; those that follow are refused.
      const [failing, exhausted] = await Promise.all([
        open('dependency-failing', 'refused'),
        open('pool-exhausted'),
      ]);
      assert.equal(failing.target, target);
      assert.deepEqual([exhausted.target, exhausted.cause], [target, 'dependency-slow']);
      assert.match(exhausted.title, /takes long to open connections/);
      assert.ok(!JSON.stringify([slow, failing, exhausted]).includes('secret'));
    });
  }
});
