import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import { type TestContext, test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { startListenersSensor } from '../../src/sensors/listeners.js';

/** A sensor that is closed with the test. */
function start(t: TestContext) {
  const sensor = startListenersSensor();
  t.after(sensor.close);
  return sensor;
}
const listen = (emitter: EventEmitter, event: string, times: number): void => {
  for (let time = 0; time < times; time += 1) emitter.on(event, () => {});
};
class Clock extends EventEmitter {}

test('follows an emitter from the warning on, with the place where a listener was added', async (t) => {
  const sensor = start(t);
  const clock = new Clock();
  listen(clock, 'minute', 10);
  await nextTurn();
  assert.deepEqual(sensor.read(), []);
  listen(clock, 'minute', 2);
  await nextTurn();
  const [reading] = sensor.read();
  assert.deepEqual([reading?.emitter, reading?.event, reading?.count], ['Clock', 'minute', 12]);
  assert.match(reading?.stack ?? '', /at listen .*listeners\.test\.js/);
  listen(clock, 'minute', 8);
  assert.equal(sensor.read()[0]?.count, 20);
  clock.removeAllListeners();
  assert.equal(sensor.read()[0]?.count, 0);
});

test('follows an event target, and its events by themselves', async (t) => {
  const sensor = start(t);
  const target = new EventTarget();
  const emitter = new EventEmitter();
  for (let time = 0; time < 12; time += 1) target.addEventListener('abort', () => {});
  listen(emitter, 'a', 11);
  listen(emitter, 'b', 13);
  await nextTurn();
  assert.deepEqual(
    sensor.read().map(({ emitter: name, event, count }) => [name, event, count]),
    [
      ['EventTarget', 'abort', 12],
      ['EventEmitter', 'a', 11],
      ['EventEmitter', 'b', 13],
    ],
  );
});

test('keeps 16 emitters, those with the most listeners', async (t) => {
  const sensor = start(t);
  const all = Array.from({ length: 40 }, () => new EventEmitter());
  for (const [index, emitter] of all.entries()) listen(emitter, 'x', 11 + index);
  await nextTurn();
  const counts = sensor.read().map(({ count }) => count);
  assert.equal(counts.length, 16);
  assert.ok(counts.includes(50));
});

test('an emitter that does not let itself be asked is left alone', async (t) => {
  const sensor = start(t);
  const warn = (emitter: unknown, type: unknown = 'x') => {
    const warning = Object.assign(new Error('many'), { name: 'MaxListenersExceededWarning', emitter, type });
    process.emit('warning', warning);
  };
  const hostile = Object.defineProperty(new EventEmitter(), 'constructor', {
    get: (): never => {
      throw new Error('broken on purpose');
    },
  });
  for (const emitter of [null, 7, hostile, undefined]) warn(emitter);
  warn(new EventEmitter(), 7);
  process.emit('warning', Object.assign(new Error('old'), { name: 'DeprecationWarning' }));
  assert.deepEqual(sensor.read(), []);
});

test('leaves no listener when it is closed', () => {
  const before = process.listenerCount('warning');
  const sensor = startListenersSensor();
  assert.equal(process.listenerCount('warning'), before + 1);
  sensor.close();
  assert.equal(process.listenerCount('warning'), before);
});
