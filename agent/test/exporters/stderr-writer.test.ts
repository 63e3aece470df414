import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createStderrWriter, waitingBytes } from '../../src/exporters/stderr-writer.js';

/** A standard error that takes so many bytes at a time, and throws after that. */
function open(room: number, code = 'EAGAIN') {
  const state = { room, code, taken: '', dropped: 0, retries: [] as (() => void)[] };
  const outlet = {
    write(bytes: Uint8Array): number {
      if (state.room === 0) throw Object.assign(new Error(state.code), { code: state.code });
      const part = bytes.subarray(0, state.room);
      state.room -= part.length;
      state.taken += Buffer.from(part).toString();
      return part.length;
    },
  };
  const writer = createStderrWriter(
    outlet,
    () => (state.dropped += 1),
    (work) => void state.retries.push(work),
  );
  /** There is room for so many bytes more, and the time of the next try has come. */
  const drain = (bytes: number): void => {
    state.room += bytes;
    for (const retry of state.retries.splice(0)) retry();
  };
  return { state, writer, drain };
}

test('lines go out at once while there is room', () => {
  const { state, writer } = open(100);
  writer.write('one\n');
  writer.write('two\n');
  assert.deepEqual([state.taken, state.dropped, state.retries.length], ['one\ntwo\n', 0, 0]);
});

describe('when nobody reads', () => {
  test('lines wait, in order and whole', () => {
    const { state, writer, drain } = open(2);
    writer.write('one\n');
    writer.write('zwei ä\n');
    assert.equal(state.taken, 'on');
    drain(3);
    assert.equal(state.taken, 'one\nz');
    drain(100);
    assert.deepEqual([state.taken, state.dropped], ['one\nzwei ä\n', 0]);
  });

  test('one try is planned at a time', () => {
    const { state, writer, drain } = open(0);
    for (let line = 0; line < 5; line += 1) writer.write('x\n');
    assert.equal(state.retries.length, 1);
    drain(0);
    assert.equal(state.retries.length, 1);
  });

  test('lines beyond the bound are dropped and counted, and those before it are kept', () => {
    const { state, writer, drain } = open(0);
    const line = `${'x'.repeat(1_023)}\n`;
    const fitting = waitingBytes / line.length;
    for (let count = 0; count < fitting + 3; count += 1) writer.write(line);
    assert.equal(state.dropped, 3);
    drain(Number.POSITIVE_INFINITY);
    assert.equal(state.taken.length, waitingBytes);
  });

  test('a last try takes what fits in', () => {
    const { state, writer } = open(0);
    writer.write('last\n');
    state.room = 100;
    writer.flush();
    assert.equal(state.taken, 'last\n');
  });
});

test('a reader that has gone loses lines, which are counted, and keeps nobody', () => {
  const { state, writer } = open(0, 'EPIPE');
  writer.write('one\n');
  writer.write('two\n');
  assert.deepEqual([state.dropped, state.retries.length], [2, 0]);
});
