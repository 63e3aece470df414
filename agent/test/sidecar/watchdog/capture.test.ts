import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { openHeartbeat } from '../../../src/protocol/heartbeat.js';
import { createCapturer } from '../../../src/sidecar/watchdog/capture.js';

// What a capture brings is tested on real processes: it takes a worker that connects to a blocked main thread.
const start = (forbidden: string | null = null, isDebugged = () => false) => {
  const heartbeat = openHeartbeat();
  return { heartbeat, capturer: createCapturer(heartbeat, 'faultline.probe', forbidden, isDebugged) };
};
/** Whether the sidecar holds a session, as the main thread would ask at its exit. */
const isSessionOpen = ({ releaseForExit }: { releaseForExit(limitMs: number): void }): boolean => {
  const startedMs = performance.now();
  releaseForExit(60);
  return performance.now() - startedMs > 40;
};

describe('takes no stack', () => {
  test('where the inspector is forbidden, and says why', async () => {
    const { heartbeat, capturer } = start('not allowed here');
    assert.equal(capturer.blindBecause(), 'not allowed here');
    assert.equal(await capturer.capture(), null);
    assert.equal(isSessionOpen(heartbeat), false);
  });

  test('while a debugger is attached, and does again when it has gone', async () => {
    let isDebugged = true;
    const { capturer } = start(null, () => isDebugged);
    assert.equal(capturer.blindBecause(), 'a debugger is attached');
    assert.equal(await capturer.capture(), null);
    isDebugged = false;
    assert.equal(capturer.blindBecause(), null);
  });

  test('when the process exits', async () => {
    const { heartbeat, capturer } = start();
    heartbeat.releaseForExit(0);
    assert.equal(await capturer.capture(), null);
    assert.equal(isSessionOpen(heartbeat), false);
    assert.equal(capturer.blindBecause(), null);
  });

  test('any more when the inspector has refused once', async () => {
    // This is a main thread, which cannot connect to itself.
    const { heartbeat, capturer } = start();
    assert.equal(capturer.blindBecause(), null);
    assert.equal(await capturer.capture(), null);
    assert.match(capturer.blindBecause() ?? '', /worker/i);
    assert.equal(isSessionOpen(heartbeat), false);
  });
});

test('close() without a session is no trouble', () => start().capturer.close());
