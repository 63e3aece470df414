import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createTwinSwitch } from '../src/twin-switch.js';

test('the good part is used until a twin takes its place, and again when the twin is stopped', () => {
  const part = createTwinSwitch('good');
  const fault = part.use(() => 'bad');
  assert.equal(part.current(), 'bad');
  fault.stop();
  fault.stop();
  assert.equal(part.current(), 'good');
});

test('a twin that was replaced by a later one does not end the later one', () => {
  const part = createTwinSwitch('good');
  const first = part.use(() => 'first');
  const second = part.use(() => 'second');
  first.stop();
  assert.equal(part.current(), 'second');
  second.stop();
  assert.equal(part.current(), 'good');
});

test('harm is counted from the time at which it began, by the twin that did it', () => {
  const part = createTwinSwitch<(() => void) | null>(null);
  const fault = part.use((onHarm) => () => onHarm(1_000));
  assert.deepEqual(fault.signal(), { hits: 0, firstHitAt: null, lastHitAt: null });
  part.current()?.();
  part.current()?.();
  assert.deepEqual(fault.signal(), { hits: 2, firstHitAt: 1_000, lastHitAt: 1_000 });
});
