import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { runChild } from '../../harness/child.js';

const module = JSON.stringify(new URL('../../../src/sensors/pools/discover-pg.js', import.meta.url).href);
const options = `{ host: '127.0.0.1', port: 1, max: 3 }`;

/** What is the same in all programs: the pools that are found are printed by their maximum. */
const watchPart = `
const found = new Set();
const discovery = discoverPgPools((pool) => found.add(pool));
const use = (pool) => pool.connect().then(() => {}, (error) => error.code);
`;
const importing = `import { discoverPgPools } from ${module};\nimport { createRequire } from 'node:module';\n`;

describe('finds pools', () => {
  const programs: readonly [string, string, string][] = [
    [
      'made through import',
      'program.mjs',
      `${importing}import pg from 'pg';${watchPart}
      const pool = new pg.Pool(${options});
      discovery.look();
      const code = await use(pool);
      console.log(JSON.stringify([found.has(pool), code]));`,
    ],
    [
      'made through a named import',
      'program.mjs',
      `${importing}import { Pool } from 'pg';${watchPart}
      const pool = new Pool(${options});
      discovery.look();
      const code = await use(pool);
      console.log(JSON.stringify([found.has(pool), code]));`,
    ],
    [
      'made through require',
      'program.cjs',
      `const pg = require('pg');
      import(${module}).then(async ({ discoverPgPools }) => {
        ${watchPart}
        const pool = new pg.Pool(${options});
        discovery.look();
        const code = await use(pool);
        console.log(JSON.stringify([found.has(pool), code]));
      });`,
    ],
    [
      'of a driver that is loaded later',
      'program.mjs',
      `${importing}${watchPart}
      discovery.look();
      const { default: pg } = await import('pg');
      const pool = new pg.Pool(${options});
      await use(pool);
      const before = found.has(pool);
      discovery.look();
      const code = await use(pool);
      console.log(JSON.stringify([!before && found.has(pool), code]));`,
    ],
    [
      'that are used through query()',
      'program.mjs',
      `${importing}import pg from 'pg';${watchPart}
      const pool = new pg.Pool(${options});
      discovery.look();
      const code = await pool.query('select 1').catch((error) => error.code);
      console.log(JSON.stringify([found.has(pool), code]));`,
    ],
    [
      'of a class that extends the driver',
      'program.mjs',
      `${importing}import pg from 'pg';${watchPart}
      class Mine extends pg.Pool {}
      const pool = new Mine(${options});
      discovery.look();
      const code = await use(pool);
      console.log(JSON.stringify([found.has(pool), code]));`,
    ],
    [
      'also where the host has hooks for its modules',
      'program.mjs',
      `${importing}import { register } from 'node:module';
      register('data:text/javascript,export function resolve(name, context, next) { return next(name, context); }' +
        'export function load(url, context, next) { return next(url, context); }');
      ${watchPart}
      const { default: pg } = await import('pg');
      const pool = new pg.Pool(${options});
      discovery.look();
      const code = await use(pool);
      console.log(JSON.stringify([found.has(pool), code]));`,
    ],
  ];
  for (const [title, name, program] of programs) {
    test(title, async (t) => {
      const { stdout, stderr, code } = await runChild(t, { program, name, flags: [] });
      assert.deepEqual([stdout, code], ['[true,"ECONNREFUSED"]\n', 0], stderr);
    });
  }
});

test('close() gives the class back as it came', async (t) => {
  const program = `${importing}import pg from 'pg';
  const Pool = createRequire(import.meta.url)('pg-pool');
  const before = Pool.prototype.connect;
  ${watchPart}
  discovery.look();
  const wrapped = Pool.prototype.connect !== before;
  discovery.close();
  await use(new pg.Pool(${options}));
  console.log(JSON.stringify([wrapped, Pool.prototype.connect === before, found.size]));`;
  const { stdout, stderr } = await runChild(t, { program, flags: [] });
  assert.equal(stdout, '[true,true,0]\n', stderr);
});

test('whatever is done with a pool that was found, the service gets its connection', async (t) => {
  const program = `${importing}import pg from 'pg';
  const discovery = discoverPgPools(() => { throw new Error('broken on purpose'); });
  discovery.look();
  const pool = new pg.Pool(${options});
  const promised = await pool.connect().catch((error) => error.code);
  pool.connect((error) => console.log(JSON.stringify([promised, error.code])));`;
  const { stdout, stderr } = await runChild(t, { program, flags: [] });
  assert.equal(stdout, '["ECONNREFUSED","ECONNREFUSED"]\n', stderr);
});
