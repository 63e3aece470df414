import assert from 'node:assert/strict';
import type { Session } from 'node:inspector';
import { describe, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import type { ProfileRequest } from '../../../src/protocol/profile.js';
import { createProfiles, type ProfilesWorld } from '../../../src/sidecar/profiles/profiles.js';

const request: ProfileRequest = { kind: 'cpu', seconds: 0.01, objects: 'live' };
const waits = (): AbortSignal => new AbortController().signal;

/** A main thread that answers each command at once, or as `answer` says, and a clock that a test can move. */
function world(
  changes: Partial<ProfilesWorld> = {},
  answer: (method: string) => unknown = () => ({ profile: 1 }),
) {
  const methods: string[] = [];
  let nowMs = 1_000;
  let closed = 0;
  const post = (method: string, _parameters: object, callback: (error: unknown, reply: unknown) => void) => {
    methods.push(method);
    const reply = answer(method);
    if (reply instanceof Error) callback(reply, undefined);
    else if (reply !== null) callback(null, reply);
  };
  const profiles = createProfiles({
    now: () => nowMs,
    open: (talk) =>
      new Promise((resolve) =>
        talk({ post } as unknown as Session, (result) => {
          closed += 1;
          resolve(result);
        }),
      ),
    unavailable: () => null,
    isBlocked: () => false,
    samplesHeap: false,
    readingCollects: true,
    answerLimitMs: 30,
    ...changes,
  });
  return { profiles, methods, pass: (ms: number) => (nowMs += ms), closed: () => closed };
}

describe('a profile', () => {
  for (const [name, wanted, running, expected] of [
    [
      'of the CPU is started and stopped',
      request,
      {},
      ['Profiler.enable', 'Profiler.setSamplingInterval', 'Profiler.start', 'Profiler.stop'],
    ],
    [
      'of the heap, too',
      { ...request, kind: 'heap' },
      {},
      ['HeapProfiler.startSampling', 'HeapProfiler.stopSampling'],
    ],
    [
      'of a heap that is sampled anyway is read, and sampling goes on',
      { ...request, kind: 'heap' },
      { samplesHeap: true },
      ['HeapProfiler.getSamplingProfile'],
    ],
    [
      'of such a heap comes after a collection, also where V8 needs none to be read',
      { ...request, kind: 'heap' },
      { samplesHeap: true, readingCollects: false },
      ['HeapProfiler.collectGarbage', 'HeapProfiler.getSamplingProfile'],
    ],
  ] as const) {
    test(name, async () => {
      const { profiles, methods, closed } = world(running);
      assert.equal(await profiles.take(wanted, waits()), '1');
      assert.deepEqual(methods, expected);
      assert.equal(closed(), 1);
    });
  }

  test('waits for a block to end, because begun in it, it would name the caller', async () => {
    let isBlocked = true;
    const { profiles, methods } = world({ isBlocked: () => isBlocked });
    const taken = profiles.take(request, waits());
    await delay(60);
    assert.deepEqual(methods, []);
    isBlocked = false;
    assert.equal(await taken, '1');
  });

  test('is refused when the block does not end, and says where to look', async () => {
    const { profiles, methods, pass } = world({ isBlocked: () => true });
    const taken = profiles.take(request, waits());
    pass(31);
    await assert.rejects(taken, { code: 'ERR_FAULTLINE_PROFILE_BLOCKED', message: /GET \/incidents/ });
    assert.deepEqual(methods, []);
  });

  test('is refused where the inspector cannot be used, with the reason', async () => {
    const { profiles } = world({ unavailable: () => 'a debugger is attached' });
    await assert.rejects(profiles.take(request, waits()), {
      code: 'ERR_FAULTLINE_PROFILE_UNAVAILABLE',
      message: 'No profile can be taken: a debugger is attached.',
    });
  });

  test('is given up when the main thread does not answer in time, and the next one is taken', async () => {
    let answers = false;
    const { profiles, closed } = world({}, () => (answers ? { profile: 2 } : null));
    await assert.rejects(profiles.take(request, waits()), {
      code: 'ERR_FAULTLINE_PROFILE_BLOCKED',
      message: /did not answer within 0.03 s/,
    });
    assert.equal(closed(), 1);
    answers = true;
    assert.equal(await profiles.take(request, waits()), '2');
  });

  test('is given up when nobody waits for it any more', async () => {
    const gone = new AbortController();
    const { profiles, closed } = world();
    const taken = profiles.take({ ...request, seconds: 60 }, gone.signal);
    await delay(10);
    gone.abort();
    await assert.rejects(taken, { code: 'ERR_FAULTLINE_PROFILE_STOPPED' });
    assert.equal(closed(), 1);
  });

  test('that V8 refuses says what V8 says', async () => {
    const { profiles } = world({}, () => new Error('No recording profiles found'));
    await assert.rejects(profiles.take(request, waits()), {
      code: 'ERR_FAULTLINE_PROFILE_FAILED',
      message: 'V8 refused Profiler.enable: No recording profiles found.',
    });
  });

  test('excuses a block that begins while it is begun or ended, and none in between', async () => {
    const marks: number[] = [];
    const { profiles, pass } = world({}, (method) => {
      if (method === 'Profiler.start' || method === 'Profiler.stop') marks.push(pass(1_000));
      return { profile: 1 };
    });
    await profiles.take(request, waits());
    const [begunMs, endedMs] = marks as [number, number];
    assert.equal(profiles.explains({ startedMs: begunMs - 500 }), true);
    assert.equal(profiles.explains({ startedMs: endedMs + 500 }), false);
    assert.equal(profiles.explains({ startedMs: 0 }), false);
  });
});
