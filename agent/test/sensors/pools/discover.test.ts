import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { runChild } from '../../harness/child.js';

const module = JSON.stringify(new URL('../../../src/sensors/pools/discover.js', import.meta.url).href);

/** The program of a test lies elsewhere, and may find other packages than this file does. */
const mongodbUrl = import.meta.resolve('mongodb');

interface Row {
  /** How a program imports it, as an ES module and as CommonJS. */
  readonly esm: string;
  readonly cjs: string;
  /** Makes `pool`. */
  readonly make: string;
  /** Uses it; none of them needs a server. */
  readonly use: string;
}

const factory = '{ create: async () => ({}), destroy: async () => {} }';
const rows: Readonly<Record<string, Row>> = {
  pg: {
    esm: `import pg from 'pg';`,
    cjs: `const pg = require('pg');`,
    make: `new pg.Pool({ host: '127.0.0.1', port: 1 })`,
    use: `await pool.connect().catch(() => {});`,
  },
  mongodb: {
    esm: `import mongodb from ${JSON.stringify(mongodbUrl)};`,
    cjs: `const mongodb = require(${JSON.stringify(fileURLToPath(mongodbUrl))});`,
    make: `new mongodb.MongoClient('mongodb://127.0.0.1:1', { serverSelectionTimeoutMS: 50 })`,
    use: `await pool.connect().catch(() => {});`,
  },
  ioredis: {
    esm: `import { Redis } from 'ioredis';`,
    cjs: `const { Redis } = require('ioredis');`,
    make: `new Redis({ host: '127.0.0.1', port: 1, retryStrategy: () => 20 }).on('error', () => {})`,
    use: `
      await new Promise((resolve) => pool.once('reconnecting', () => setTimeout(resolve, 60)));
      pool.disconnect();`,
  },
  'redis (pool)': {
    esm: `import { createClientPool } from 'redis';`,
    cjs: `const { createClientPool } = require('redis');`,
    make: `createClientPool({ socket: { host: '127.0.0.1', port: 1 } })._self`,
    use: `await pool.execute(() => {}).catch(() => {});`,
  },
  'redis (client)': {
    esm: `import { createClient } from 'redis';`,
    cjs: `const { createClient } = require('redis');`,
    make: `createClient({ socket: { host: '127.0.0.1', port: 1 } })._self`,
    use: `await pool.ping().catch(() => {});`,
  },
  tarn: {
    esm: `import { Pool } from 'tarn';`,
    cjs: `const { Pool } = require('tarn');`,
    make: `new Pool({ ...${factory}, min: 0, max: 1 })`,
    use: `pool.release(await pool.acquire().promise); await pool.destroy();`,
  },
  'generic-pool': {
    esm: `import { createPool } from 'generic-pool';`,
    cjs: `const { createPool } = require('generic-pool');`,
    make: `createPool(${factory})`,
    use: `pool.release(await pool.acquire()); await pool.drain(); await pool.clear();`,
  },
  undici: {
    esm: `import { Pool } from 'undici';`,
    cjs: `const { Pool } = require('undici');`,
    make: `new Pool('http://127.0.0.1:1', { connections: 2 })`,
    use: `await pool.request({ path: '/', method: 'GET' }).catch(() => {}); await pool.destroy();`,
  },
  piscina: {
    esm: `import { Piscina } from 'piscina';`,
    cjs: `const { Piscina } = require('piscina');`,
    make: `new Piscina({ filename: 'none', minThreads: 0 })`,
    use: `await pool.run(1, null).catch(() => {}); await pool.destroy();`,
  },
  'node:http': {
    esm: `import { Agent, get } from 'node:http';`,
    cjs: `const { Agent, get } = require('node:http');`,
    make: `new Agent({ maxSockets: 2 })`,
    use: `
      const server = require('node:http').createServer((request, response) => response.end());
      await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
      await new Promise((resolve) => get({ port: server.address().port, agent: pool }, (answer) => answer.resume().once('end', resolve)));
      server.close();`,
  },
};

/** Prints whether the pool was found by its use, and whether everything is as it was after close(). */
const body = ({ make, use }: Row): string => `
  const found = new Set();
  const discovery = discoverPools((pool) => found.add(pool));
  discovery.look();
  const pool = ${make};
  ${use}
  discovery.close();
  console.log(JSON.stringify(found.has(pool)));`;

describe('finds a pool when it is used', { concurrency: true }, () => {
  for (const [library, row] of Object.entries(rows)) {
    test(`of ${library}, which an ES module imports`, async (t) => {
      const imports = `import { createRequire } from 'node:module';\nimport { discoverPools } from ${module};\n${row.esm}`;
      const program = `${imports}\nconst require = createRequire(import.meta.url);${body(row)}`;
      const { stdout, stderr } = await runChild(t, { program, flags: [] });
      assert.equal(stdout, 'true\n', stderr);
    });
    test(`of ${library}, which CommonJS requires`, async (t) => {
      const program = `${row.cjs}\nimport(${module}).then(async ({ discoverPools }) => {${body(row)}\n});`;
      const { stdout, stderr } = await runChild(t, { program, name: 'program.cjs', flags: [] });
      assert.equal(stdout, 'true\n', stderr);
    });
  }
});

test('finds the pools that an Agent of undici makes for each origin, and none without a limit', async (t) => {
  const program = `import { discoverPools } from ${module};
  import { Agent } from 'undici';
  const found = [];
  const discovery = discoverPools((pool) => found.push(pool.constructor.name));
  discovery.look();
  for (const connections of [undefined, 3]) {
    const agent = new Agent({ connections });
    await agent.request({ origin: 'http://127.0.0.1:1', path: '/', method: 'GET' }).catch(() => {});
    await agent.destroy();
  }
  console.log(JSON.stringify(found));`;
  const { stdout, stderr } = await runChild(t, { program, flags: [] });
  assert.equal(stdout, '["Pool"]\n', stderr);
});

test('finds no agent of node:http without a limit', async (t) => {
  const program = `import { discoverPools } from ${module};
  import { Agent, createServer, get } from 'node:http';
  const found = [];
  const discovery = discoverPools((pool) => found.push(pool));
  const server = createServer((request, response) => response.end());
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const ask = (agent) => new Promise((resolve) => {
    get({ port: server.address().port, agent }, (answer) => answer.resume().once('end', resolve));
  });
  for (const agent of [undefined, new Agent(), false]) await ask(agent);
  server.close();
  discovery.close();
  console.log(JSON.stringify(found.length));`;
  const { stdout, stderr } = await runChild(t, { program, flags: [] });
  assert.equal(stdout, '0\n', stderr);
});

test('gives every class back as it came', async (t) => {
  const program = `import { createRequire } from 'node:module';
  import { discoverPools } from ${module};
  import 'tarn';
  import 'generic-pool';
  import 'undici';
  import 'piscina';
  import 'ioredis';
  import 'redis';
  const require = createRequire(import.meta.url);
  const prototypes = [
    [require('tarn').Pool.prototype, 'acquire'],
    [require('generic-pool').Pool.prototype, 'acquire'],
    [require('undici').Pool.prototype, 'dispatch'],
    [require('piscina').Piscina.prototype, 'run'],
    [require('ioredis').Redis.prototype, 'connect'],
    [require('redis').RedisClientPool.prototype, 'execute'],
    [require('redis').RedisClient.prototype, 'sendCommand'],
  ];
  const look = () => prototypes.map(([prototype, method]) => Object.getOwnPropertyDescriptor(prototype, method));
  const before = look();
  const discovery = discoverPools(() => {});
  discovery.look();
  const during = look();
  discovery.close();
  const same = (all) => all.map((each, index) => each?.value === before[index]?.value);
  console.log(JSON.stringify([same(during), same(look())]));`;
  const { stdout, stderr } = await runChild(t, { program, flags: [] });
  assert.deepEqual(JSON.parse(stdout), [Array(7).fill(false), Array(7).fill(true)], stderr);
});
