import assert from 'node:assert/strict';
import { Writable } from 'node:stream';
import { type TestContext, test } from 'node:test';
import { operationName } from '../../src/protocol/operations.js';
import { markOutputStreams } from '../../src/sensors/output-streams.js';
import { runChild } from '../harness/child.js';

const slot = new Int32Array(new SharedArrayBuffer(8));
slot[1] = 2;
const now = (): string | null => operationName(slot[0]!);

/** Puts a stream in place of process.stdout that notes what is marked while it takes something. */
function standIn(t: TestContext) {
  const seen: (string | null)[] = [];
  class Stream extends Writable {
    override _write(_chunk: unknown, _encoding: string, done: () => void): void {
      seen.push(now());
      done();
    }
  }
  const stream = new Stream();
  let made = 0;
  const descriptor = Object.getOwnPropertyDescriptor(process, 'stdout')!;
  const get = function getStdout(): Writable {
    made += 1;
    return stream;
  };
  Object.defineProperty(process, 'stdout', { ...descriptor, get });
  t.after(() => Object.defineProperty(process, 'stdout', descriptor));
  return { stream, seen, get, made: () => made };
}

test('a write to process.stdout is marked while it lasts, and nothing after it', (t) => {
  const { seen } = standIn(t);
  const streams = markOutputStreams(slot);
  t.after(streams.close);
  process.stdout.write('a');
  assert.deepEqual([seen, now()], [['process.stdout.write'], null]);
});

test('the stream is not made before the host asks for it', (t) => {
  const { made } = standIn(t);
  const streams = markOutputStreams(slot);
  streams.close();
  assert.equal(made(), 0);
});

test('the stream shows nothing new, and the getter keeps its name', (t) => {
  const { stream, get } = standIn(t);
  const before = Object.keys(stream);
  const streams = markOutputStreams(slot);
  t.after(streams.close);
  assert.equal(process.stdout, stream);
  assert.deepEqual(Object.keys(stream), before);
  const marked = Object.getOwnPropertyDescriptor(process, 'stdout')!;
  assert.deepEqual([marked.get?.name, marked.enumerable], [get.name, true]);
});

test('what the host puts in place of write is left alone, and what lies below it is marked', (t) => {
  const { stream, seen } = standIn(t);
  const streams = markOutputStreams(slot);
  const theirs = stream.write.bind(stream);
  process.stdout.write = theirs as typeof process.stdout.write;
  process.stdout.write('a');
  streams.close();
  assert.equal(stream.write, theirs);
  assert.deepEqual(seen, ['process.stdout.write']);
});

test('everything is given back', (t) => {
  const { stream, get, seen } = standIn(t);
  const streams = markOutputStreams(slot);
  process.stdout.write('a');
  streams.close();
  assert.equal(Object.getOwnPropertyDescriptor(process, 'stdout')?.get, get);
  assert.equal(Object.hasOwn(stream, '_write'), false);
  process.stdout.write('b');
  assert.deepEqual(seen, ['process.stdout.write', null]);
});

for (const name of ['stdout', 'stderr']) {
  test(`process.${name} is not made in a host that never uses it`, {
    skip: process.platform !== 'linux',
  }, async (t) => {
    // Making it would set the pipe not to wait, and a write beside it would throw where it has waited.
    const fd = name === 'stdout' ? 1 : 2;
    const program = `
import { readFileSync, writeSync } from 'node:fs';
setTimeout(() => {
  const flags = /flags:\\s*(\\d+)/.exec(readFileSync('/proc/self/fdinfo/${fd}', 'latin1'))[1];
  writeSync(1, Number.parseInt(flags, 8) & 0o4000 ? 'changed' : 'as it was');
}, 1_000);`;
    const { stdout } = await runChild(t, { program });
    assert.equal(stdout, 'as it was');
  });
}
