import assert from 'node:assert/strict';
import { test } from 'node:test';
import { drillTiming, formatDuration, parseDuration, productionTiming } from '../src/timing.js';

test('writes durations in their largest whole unit', () => {
  assert.deepEqual([15, 60, 90, 300, 7200].map(formatDuration), ['15s', '1m', '90s', '5m', '2h']);
});

test('reads what it writes, and compound durations', () => {
  for (const seconds of [1, 15, 60, 90, 3600]) assert.equal(parseDuration(formatDuration(seconds)), seconds);
  assert.equal(parseDuration('1h30m'), 5400);
});

test('text that is no duration is null, not 0', () => {
  for (const text of ['', '5', 'm', '5 m', '-5m']) assert.equal(parseDuration(text), null);
});

for (const seconds of [0, -1, 1.5, Number.NaN]) {
  test(`refuses ${seconds} seconds with its code and the value`, () => {
    const refused = { code: 'DASHBOARDS_BAD_DURATION', message: new RegExp(`got ${seconds}`) };
    assert.throws(() => formatDuration(seconds), refused);
  });
}

for (const [name, timing] of Object.entries({ productionTiming, drillTiming })) {
  test(`${name}: a block at the start has left the window before the warm-up ends`, () => {
    assert.ok(timing.warmUpSeconds > timing.windowSeconds);
  });

  test(`${name}: the window survives lost scrapes and alerts hold for two scrapes or more`, () => {
    assert.ok(timing.windowSeconds >= 4 * timing.scrapeSeconds);
    assert.ok(timing.holdSeconds >= 2 * timing.scrapeSeconds);
  });
}
