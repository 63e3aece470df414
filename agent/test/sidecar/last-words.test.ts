import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { LastWords } from '../../src/protocol/last-words.js';
import { isTight } from '../../src/sidecar/diagnosis/exit-cause.js';
import { createLastWords } from '../../src/sidecar/last-words.js';
import { anOpenIncident, someLastWords } from '../harness/last-words.js';

const healthy = someLastWords({ incidents: [], numbers: { oldBytes: 10, v8LimitBytes: 100 } });
const open = someLastWords({ incidents: [anOpenIncident()], numbers: healthy.numbers });
const tight = someLastWords({ incidents: [], numbers: { oldBytes: 85, v8LimitBytes: 100 } });

/** A process that is looked at once a second; `at` says what it is like. */
function live(first: LastWords) {
  const state = { now: 0, words: first };
  const written: number[] = [];
  const keeper = createLastWords({
    now: () => state.now,
    compose: () => state.words,
    isHeapTight: () => isTight(state.words.numbers),
    write: () => written.push(state.now),
  });
  const pass = (seconds: number): number => {
    const before = written.length;
    for (let count = 0; count < seconds; count += 1) {
      state.now += 1_000;
      keeper.tick();
    }
    return written.length - before;
  };
  const become = (words: LastWords): void => {
    state.words = words;
  };
  return { keeper, state, written, pass, become };
}

test('nothing is written for a healthy process', () => {
  assert.equal(live(healthy).pass(3_600), 0);
});

test('an incident is written at once, then every five seconds, and once more when it is over', () => {
  const { keeper, pass, become, written } = live(healthy);
  pass(10);
  become(open);
  keeper.note();
  assert.deepEqual(written, [10_000]);
  assert.equal(pass(20), 4);
  become(healthy);
  keeper.note();
  assert.equal(pass(100), 1);
});

test('a heap that is nearly full is written every second, without any incident', () => {
  const { pass, become } = live(healthy);
  become(tight);
  assert.equal(pass(10), 10);
  become(healthy);
  assert.equal(pass(10), 1);
});

test('a container that is nearly full is noticed within two seconds', () => {
  const { pass, become } = live(healthy);
  become(someLastWords({ incidents: [], numbers: { containerFreeBytes: 5, containerLimitBytes: 100 } }));
  assert.ok(pass(2) >= 1);
  assert.equal(pass(10), 10);
});

test('a burst of news is two records: the first at once, the last with the next look', () => {
  const { keeper, state, pass, become, written } = live(healthy);
  pass(2);
  become(open);
  for (let count = 0; count < 100; count += 1) {
    state.now += 1;
    keeper.note();
  }
  assert.equal(written.length, 1);
  assert.equal(pass(1), 1);
});

test('nothing is written after the end', () => {
  const { keeper, pass, become } = live(healthy);
  keeper.close();
  become(open);
  keeper.note();
  assert.equal(pass(10), 0);
});
