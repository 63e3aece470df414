import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { type TestContext, test } from 'node:test';
import { createStdoutReader } from '../../src/orchestrate/stdout-reader.js';

/** A child's output, read by somebody, on a clock that the test turns. */
function open(t: TestContext) {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const stream = new PassThrough();
  stream.on('data', () => {});
  const onMessage = createStdoutReader(stream);
  const wish = (stallMs: number, forMs = 5_000) => onMessage({ type: 'stdout-reader', stallMs, forMs });
  const pass = (ms: number) => t.mock.timers.tick(ms);
  return { stream, onMessage, wish, pass };
}

test('reads in bursts, as long as the wish is renewed', (t) => {
  const { stream, wish, pass } = open(t);
  const seen: boolean[] = [];
  wish(1_000);
  for (const ms of [999, 1, 249, 1, 999, 1]) {
    pass(ms);
    wish(1_000);
    seen.push(stream.isPaused());
  }
  assert.deepEqual(seen, [true, false, false, true, true, false]);
});

type Opened = ReturnType<typeof open>;
const endings: readonly [string, (opened: Opened) => void][] = [
  ['is taken back', ({ wish }) => wish(0)],
  ['is not renewed, because the child hangs or has gone', ({ pass }) => pass(5_000)],
  ['is of a stream that has ended', ({ stream }) => void stream.emit('close')],
];
for (const [title, end] of endings) {
  test(`reads on for good when the wish ${title}`, (t) => {
    const opened = open(t);
    opened.wish(2_000);
    assert.equal(opened.stream.isPaused(), true);
    end(opened);
    for (let step = 0; step < 20; step += 1) {
      opened.pass(500);
      assert.equal(opened.stream.isPaused(), false);
    }
  });
}

for (const message of [
  null,
  'x',
  { type: 'stdout-reader' },
  { type: 'stdout-reader', stallMs: 1e9, forMs: 1 },
]) {
  test(`does not heed ${JSON.stringify(message)}`, (t) => {
    const { stream, onMessage } = open(t);
    onMessage(message);
    assert.equal(stream.isPaused(), false);
  });
}
