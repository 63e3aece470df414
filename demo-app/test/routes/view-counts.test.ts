import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { pino } from 'pino';
import type { Logger } from '../../src/log.js';
import type { LeakingOptions, LeakingViewCounts } from '../../src/routes/view-counts/twin-options.js';
import { createViewCounts } from '../../src/routes/view-counts/view-counts.js';
import { createListeningViewCounts } from '../../src/routes/view-counts/view-counts-listening.js';
import { createSocketViewCounts } from '../../src/routes/view-counts/view-counts-sockets.js';
import { createTimerViewCounts } from '../../src/routes/view-counts/view-counts-timers.js';

const silent = pino({ level: 'silent' });
const timers = () => process.getActiveResourcesInfo().filter((type) => type === 'Timeout').length;

test('the good twin leaves nothing behind, and writes what it gathered once a minute', () => {
  const lines: string[] = [];
  let nowMs = 0;
  const log = pino({ level: 'debug' }, { write: (line) => lines.push(line) });
  const before = timers();
  const count = createViewCounts(log, () => nowMs);
  for (const id of [7, 7, 8]) count(id);
  nowMs = 59_999;
  count(9);
  assert.deepEqual(lines, []);
  nowMs = 60_000;
  count(7);
  const { products, views } = JSON.parse(lines[0]!) as { products: number; views: number };
  assert.deepEqual([lines.length, products, views], [1, 3, 4]);
  assert.equal(timers(), before);
});

const twins: readonly [string, (log: Logger, options: LeakingOptions) => LeakingViewCounts][] = [
  ['timer', createTimerViewCounts],
  ['listening', createListeningViewCounts],
];
for (const [name, make] of twins) {
  describe(`the ${name} twin`, () => {
    test('counts each view as one harm', () => {
      let harms = 0;
      const twin = make(silent, { perView: 2, expired: () => false, onLeave: () => (harms += 1) });
      twin.countView(7);
      twin.countView(8);
      twin.clear();
      assert.equal(harms, 2);
    });

    test('leaves nothing any more when its lease is over', () => {
      const before = timers();
      const harm = (): never => assert.fail('it still does harm');
      make(silent, { perView: 2, expired: () => true, onLeave: harm }).countView(7);
      assert.equal(timers(), before);
    });

    test('stops at 20,000, whatever its lease says', () => {
      let harms = 0;
      const twin = make(silent, { perView: 10_000, expired: () => false, onLeave: () => (harms += 1) });
      for (let view = 0; view < 5; view += 1) twin.countView(view);
      twin.clear();
      assert.equal(harms, 2);
    });
  });
}

const udpSockets = () => process.getActiveResourcesInfo().filter((type) => type === 'UDPWrap').length;

test('the sockets of the socket twin stay until it is cleared, one for every so many views', async () => {
  const before = udpSockets();
  let harms = 0;
  const twin = createSocketViewCounts(silent, {
    perView: 0.5,
    expired: () => false,
    onLeave: () => (harms += 1),
  });
  for (let view = 1; view <= 7; view += 1) twin.countView(view);
  await new Promise((resolve) => setTimeout(resolve, 50));
  assert.deepEqual([harms, udpSockets() - before], [3, 3]);
  twin.clear();
  await new Promise((resolve) => setTimeout(resolve, 50));
  assert.equal(udpSockets(), before);
});

test('the socket twin opens nothing when its lease is over', () => {
  const harm = (): never => assert.fail('it still does harm');
  createSocketViewCounts(silent, { perView: 3, expired: () => true, onLeave: harm }).countView(7);
});

test('the timers of the timer twin stay until it is cleared', () => {
  const before = timers();
  const twin = createTimerViewCounts(silent, { perView: 3, expired: () => false, onLeave: () => {} });
  twin.countView(7);
  assert.equal(timers(), before + 3);
  twin.clear();
  assert.equal(timers(), before);
});
