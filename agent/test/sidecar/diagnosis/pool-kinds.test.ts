import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Finding } from '../../../src/protocol/finding.js';
import type { PoolKind, PoolWindow } from '../../../src/protocol/pool.js';
import {
  detectPoolExhausted,
  httpPoolExhaustedRule,
  type PoolFacts,
  poolExhaustedRule,
} from '../../../src/sidecar/diagnosis/pool-exhausted.js';
import { aPoolWindow } from '../../harness/make.js';

const held = (count: number, ageMs: number, querying: boolean | null) =>
  Array.from({ length: count }, () => ({ ageMs, querying }));
const uses = (count: number, seconds: number) => ({ counts: [count], sum: count * seconds });

/** What is said of a pool of that kind whose four things have been out, with a queue, for five seconds. */
function judge(kind: PoolKind, window: Partial<PoolWindow>, rest: Partial<PoolFacts> = {}): Finding {
  const facts: PoolFacts = {
    name: 'jobs',
    kind,
    library: 'piscina',
    target: 'jobs',
    maxCount: 4,
    usualSeconds: null,
    culprit: null,
    request: null,
    slowTargets: [],
    targetIsFast: [],
    ...rest,
  };
  const full = aPoolWindow({ usedCount: 4, pendingCount: 4, pendingMinCount: 2, ...window });
  const rule = kind === 'http' ? httpPoolExhaustedRule : poolExhaustedRule;
  const finding = detectPoolExhausted(facts, Array<PoolWindow>(5).fill(full), rule);
  if (typeof finding === 'string') throw new assert.AssertionError({ message: finding });
  return finding;
}

describe('a pool whose holders are not seen', () => {
  test('is too small when the uses that ended were short, and a size is suggested', () => {
    const { cause, title, confidence, measurements } = judge('threads', {
      useTime: uses(40, 0.1),
      asked: 50,
    });
    assert.equal(cause, 'pool-too-small');
    assert.match(
      title,
      /^Pool jobs \(piscina\) is exhausted: all 4 threads are busy with short tasks; 7 would do/,
    );
    assert.equal(measurements.suggestedMax, 7);
    assert.ok(confidence > 0.3 && confidence < 0.5, `${confidence}`);
  });

  test('has slow uses when those that ended were long', () => {
    const { cause, title } = judge('threads', { useTime: uses(1, 6) }, { usualSeconds: 0.2 });
    assert.equal(cause, 'slow-queries');
    assert.match(title, /its threads are in use for 6\.0 s at a time on average, usually 200 ms or less$/);
  });

  test('is judged no further when no use has ended', () => {
    const { cause, title } = judge('threads', {});
    assert.equal(cause, 'unknown');
    assert.match(title, /its threads are in use, and nobody knows since when$/);
  });
});

describe('a pool whose holders are seen, and not what they do', () => {
  test('is too small when none holds for long', () => {
    assert.equal(judge('other', { held: held(4, 900, null) }).cause, 'pool-too-small');
  });
  test('is judged no further when some hold for long, and says how long', () => {
    const { cause, title, ruledOut } = judge('other', { held: held(4, 9_000, null) });
    assert.equal(cause, 'unknown');
    assert.match(title, /its resources are held for up to 9\.0 s, what they do is not known$/);
    assert.ok(ruledOut.some(({ kind }) => kind === 'pool-too-small'));
  });
});

describe('a pool of an HTTP client', () => {
  test('is too small when requests are short and there is never a pause', () => {
    assert.equal(judge('http', { held: held(4, 90, true) }).cause, 'pool-too-small');
  });
  test('waits for the other side when requests take longer than a dependency may', () => {
    assert.equal(
      judge('http', { held: held(4, 150, true) }, { usualSeconds: 0.02 }).cause,
      'dependency-slow',
    );
  });
  test('has its connections held by answers that nobody reads', () => {
    const { cause, title } = judge('http', { held: held(4, 5_000, false) });
    assert.equal(cause, 'connections-held');
    assert.match(title, /100 % of its connections are held by answers that are not read to their end/);
  });
});

test('the title names the library, unless the name does or the pool is one of pg', () => {
  const titleOf = (rest: Partial<PoolFacts>): string | undefined =>
    /^Pool (.*) is/.exec(judge('other', {}, rest).title)?.[1];
  assert.equal(titleOf({ name: 'orders', library: 'mysql2' }), 'orders (mysql2)');
  assert.equal(titleOf({ name: 'undici:prices:80', library: 'undici' }), 'undici:prices:80');
  assert.equal(titleOf({ name: 'orders', library: 'pg' }), 'orders');
});
