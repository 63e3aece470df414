import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FrameOrigin } from '../../../src/protocol/stack.js';
import {
  type AllocationNode,
  blameSites,
  sitesOf,
  sitesThatGrew,
} from '../../../src/sidecar/diagnosis/allocation-sites.js';
import { aFrame } from '../../harness/make.js';

const node = (
  text: string,
  bytes: number,
  children: readonly AllocationNode[] = [],
  origin: FrameOrigin = 'service',
): AllocationNode => ({ frame: aFrame(text, { origin }), bytes, children });
const root = (...children: AllocationNode[]): AllocationNode => node('(root) native:0', 0, children, 'node');
const brief = (sites: ReturnType<typeof sitesOf>) =>
  sites.map(({ frame, bytes, share }) => [frame.function, bytes, Number(share.toFixed(2))]);

test('adds up what one function has allocated by several paths', () => {
  const keep = (bytes: number) => node('keep src/cache.ts:7', bytes);
  const tree = root(node('a src/a.ts:1', 100, [keep(300)]), node('b src/b.ts:1', 0, [keep(600)]));
  assert.deepEqual(brief(sitesOf(tree)), [
    ['keep', 900, 0.9],
    ['a', 100, 0.1],
  ]);
});

test('charges built-ins and dependencies to the nearest function of the service', () => {
  const set = node('set native:0', 700, [], 'node');
  const library = node('insert node_modules/lru/index.js:9', 200, [set], 'dependency');
  const tree = root(node('handle src/app.ts:1', 0, [node('keep src/cache.ts:7', 100, [library])]));
  assert.deepEqual(brief(sitesOf(tree)), [['keep', 1_000, 1]]);
});

test('blames nobody for what Node and the agent do by themselves', () => {
  const agent = node('send agent/src/agent.js:1', 500, [node('push native:0', 100, [], 'node')], 'agent');
  const tree = root(node('parse node:http:1', 900, [], 'node'), agent);
  assert.deepEqual(sitesOf(tree), []);
  assert.equal(blameSites(sitesOf(tree), 5), null);
});

test('two profiles differ by what has grown', () => {
  const tree = (cache: number, page: number, gone: number) =>
    root(
      node('cache src/cache.ts:7', cache),
      node('page src/page.ts:3', page),
      node('gone src/gone.ts:3', gone),
    );
  assert.deepEqual(brief(sitesThatGrew(tree(5_000, 100, 900), tree(5_000, 400, 200))), [['page', 300, 1]]);
  const [first, second] = sitesThatGrew(tree(0, 0, 0), tree(300, 100, 0));
  assert.deepEqual([first?.share, second?.share], [0.75, 0.25]);
  assert.deepEqual(sitesThatGrew(tree(1, 1, 1), tree(1, 1, 1)), []);
});

test('functions of the same name in one file are told apart by their place', () => {
  const tree = root(node('<anonymous> src/a.ts:1', 10), node('<anonymous> src/a.ts:9', 30));
  assert.deepEqual(
    sitesOf(tree).map(({ frame }) => frame.line),
    [9, 1],
  );
});

test('the culprit is the largest site, with the path by which most of it came and the sites after it', () => {
  const keep = (bytes: number) => node('keep src/cache.ts:7:3', bytes);
  const tree = root(node('rare src/rare.ts:1', 0, [keep(10)]), node('often src/often.ts:1', 40, [keep(150)]));
  const culprit = blameSites(sitesOf(tree), 12);
  assert.deepEqual(culprit, {
    type: 'code',
    function: 'keep',
    file: 'src/cache.ts',
    line: 7,
    column: 3,
    share: 0.8,
    samples: 12,
    stack: ['keep (src/cache.ts:7:3)', 'often (src/often.ts:1:1)'],
    lines: [
      { function: 'keep', file: 'src/cache.ts', line: 7, share: 0.8 },
      { function: 'often', file: 'src/often.ts', line: 1, share: 0.2 },
    ],
  });
});

test('a single site is listed, too, with its share of the whole', () => {
  const culprit = blameSites(sitesOf(root(node('keep src/cache.ts:7', 100))), 3);
  assert.deepEqual(culprit?.lines, [{ function: 'keep', file: 'src/cache.ts', line: 7, share: 1 }]);
});
