import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createThreadWording } from '../../src/sidecar/thread-wording.js';
import { aFinding } from '../harness/make.js';

const finding = aFinding({
  title: 'Main thread waited for a CPU 40 % of the time',
  ruledOut: [{ kind: 'cpu-starved', because: 'the main thread itself ran' }],
});

test('what is said of the main thread stays as it is', () => {
  assert.equal(createThreadWording(0)(finding), finding);
});

test('what is said of a worker names it, at the beginning of a sentence and inside', () => {
  const { title, ruledOut, ...rest } = createThreadWording(3)(finding);
  assert.equal(title, 'Worker thread 3 waited for a CPU 40 % of the time');
  assert.deepEqual(ruledOut, [{ kind: 'cpu-starved', because: 'worker thread 3 itself ran' }]);
  assert.deepEqual(
    createThreadWording(0)({ ...rest, title: finding.title, ruledOut: finding.ruledOut }),
    finding,
  );
});
