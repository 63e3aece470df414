import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Creations } from '../../src/protocol/creations.js';
import type { Finding } from '../../src/protocol/finding.js';
import type { Snapshot } from '../../src/protocol/snapshot.js';
import { createHandles } from '../../src/sidecar/handles.js';
import { aFrame, aSnapshot } from '../harness/make.js';

type World = { open: number | null; limit: number | null };

/** Handles that are read once a second from second 0 on. */
function open(world: World = { open: null, limit: null }, quietUntilMs = 0) {
  let second = 0;
  const asked: string[] = [];
  const handles = createHandles(
    {
      readDescriptors: () => (world.open === null ? null : { open: world.open, limit: world.limit }),
      locate: (frames) =>
        frames.map(([name, file, line]) =>
          aFrame(`${name} ${file}:${line}`, { origin: file.startsWith('node:') ? 'node' : 'service' }),
        ),
      askMakers: (cause) => void asked.push(`${cause} at ${second} s`),
    },
    quietUntilMs,
  );
  const pass = (seconds: number, at: (second: number) => Partial<Snapshot>): Finding[] => {
    let newest: Finding[] = [];
    for (let passed = 0; passed < seconds; passed += 1) {
      newest = handles.judge(aSnapshot({ monotonicMs: second * 1_000, ...at(second) }));
      second += 1;
    }
    return newest;
  };
  return { handles, pass, asked };
}
const resources = (Timeout: number, TCPSocketWrap = 0): Partial<Snapshot> => ({
  resources: { Timeout, TCPSocketWrap },
});
const causes = (findings: readonly Finding[]) => findings.map(({ cause }) => cause);
const listening = (id: number, count: number): Partial<Snapshot> => ({
  listeners: [
    { id, emitter: 'EventEmitter', event: 'minute', count, stack: '    at countView (src/views.ts:17:5)' },
  ],
});

test('timers that become more are told once they have grown for long enough, and published', () => {
  const { handles, pass } = open();
  assert.deepEqual(
    pass(60, (s) => resources(20 + 10 * s)),
    [],
  );
  assert.deepEqual(handles.readings(), []);
  assert.deepEqual(causes(pass(60, (s) => resources(20 + 10 * s))), ['timers']);
  assert.deepEqual(handles.readings(), [{ metric: 'handleGrowth', labels: ['timers'], value: 10 }]);
});

test('nothing is followed before the quiet time is over', () => {
  const { pass } = open({ open: null, limit: null }, 100_000);
  assert.deepEqual(
    pass(160, (s) => resources(20 + 10 * s)),
    [],
  );
  assert.deepEqual(causes(pass(60, (s) => resources(20 + 10 * s))), ['timers']);
});

test('a leak that has stopped is not told any more, and what it left is usual once it is forgotten', () => {
  const { handles, pass } = open();
  pass(120, (s) => resources(20 + 10 * s));
  assert.deepEqual(
    pass(30, () => resources(1_220)),
    [],
  );
  handles.forget('timers');
  assert.deepEqual(
    pass(120, (s) => resources(1_220 + 5 * (s - 150))),
    [],
  );
});

test('a snapshot in which nothing could be read says nothing and forgets nothing', () => {
  const { pass } = open();
  pass(60, (s) => resources(20 + 10 * s));
  pass(3, () => ({}));
  assert.deepEqual(causes(pass(60, (s) => resources(20 + 10 * s))), ['timers']);
});

describe('descriptors', () => {
  const growing = (world: World, sockets: boolean) => {
    const { pass } = open(world);
    return pass(120, (s) => {
      world.open = 20 + 3 * s;
      return resources(20, sockets ? 3 * s : 0);
    });
  };

  test('that grow by themselves are told', () => {
    assert.deepEqual(causes(growing({ open: 0, limit: 10_000 }, false)), ['descriptors']);
  });

  test('that grow with sockets are explained by those, which are critical near the limit', () => {
    const told = (limit: number) =>
      growing({ open: 0, limit }, true).map(({ cause, severity }) => [cause, severity]);
    assert.deepEqual(told(10_000), [['sockets', 'warning']]);
    assert.deepEqual(told(380), [['sockets', 'critical']]);
  });

  test('that are used up at once are told after five readings, and not while some are left', () => {
    const world = { open: 20, limit: 64 };
    const { pass } = open(world);
    assert.deepEqual(
      pass(20, () => resources(5)),
      [],
    );
    world.open = 64;
    assert.deepEqual(
      pass(4, () => resources(5)),
      [],
    );
    const [finding] = pass(1, () => resources(5));
    assert.deepEqual([finding?.cause, finding?.severity], ['descriptors', 'critical']);
    world.open = 20;
    assert.deepEqual(
      pass(1, () => resources(5)),
      [],
    );
  });
});

describe('who makes timers', () => {
  const made = (count: number, line: number): Creations => ({
    cause: 'timers',
    made: 100,
    stayed: [
      { count, frames: [['countView', 'src/views.ts', line, 5, false]] },
      { count: 1, frames: [['retryLater', 'src/retry.ts', 9, 1, false]] },
    ],
  });
  const nodeFrame = ['setInterval', 'node:timers', 200, 1, false] as const;
  const growing = (s: number) => resources(20 + 10 * s);

  test('is asked for once the growth is told, again a minute later, and three times at the most', () => {
    const { pass, asked } = open();
    pass(100, growing);
    const [first] = asked;
    const told = Number(/\d+/.exec(first!)![0]);
    pass(400, growing);
    assert.deepEqual(
      asked,
      [told, told + 60, told + 120].map((second) => `timers at ${second} s`),
    );
  });

  test('is named from then on, with a share of those that have stayed, and asked for no more', () => {
    const { handles, pass, asked } = open();
    pass(130, growing);
    handles.tellMakers(made(39, 17));
    const [finding] = pass(200, growing);
    assert.match(
      finding!.title,
      /^Timers grow by 10\.0\/s, \d+ now, 39 of 40 that stayed made in countView \(src\/views\.ts:17\)$/,
    );
    assert.deepEqual([finding?.culprit?.line, finding?.culprit?.type], [17, 'code']);
    assert.equal(asked.length, 1);
  });

  test('is asked for again where only Node itself has made what was caught', () => {
    const { handles, pass, asked } = open();
    pass(130, growing);
    handles.tellMakers({ cause: 'timers', made: 3, stayed: [{ count: 3, frames: [nodeFrame] }] });
    const [finding] = pass(60, growing);
    assert.equal(finding?.culprit, null);
    assert.equal(asked.length, 2);
  });

  test('is forgotten when the incident is over', () => {
    const { handles, pass, asked } = open();
    pass(130, growing);
    handles.tellMakers(made(39, 17));
    handles.forget('timers');
    handles.tellMakers(made(39, 18));
    const [finding] = pass(300, growing);
    assert.deepEqual([finding?.cause, finding?.culprit], ['timers', null]);
    assert.ok(asked.length > 1);
  });
});

describe('listeners', () => {
  test('of an emitter are told with the line that adds them, and published', () => {
    const { handles, pass } = open();
    const [finding] = pass(120, (s) => listening(1, 11 + 2 * s));
    assert.deepEqual([finding?.cause, finding?.resource], ['listeners', 'minute on EventEmitter']);
    assert.deepEqual([finding?.culprit?.file, finding?.culprit?.line], ['src/views.ts', 17]);
    const published = handles.readings().map(({ metric, labels }) => [metric, ...labels]);
    assert.deepEqual(published, [
      ['handleGrowth', 'listeners'],
      ['eventListeners', 'EventEmitter', 'minute'],
    ]);
  });

  test('of many emitters, each of which has a few, are no growth', () => {
    const { pass } = open();
    assert.deepEqual(
      pass(200, (s) => listening(s, 11 + s)),
      [],
    );
  });

  test('of an emitter that is gone are forgotten', () => {
    const { handles, pass } = open();
    pass(120, (s) => listening(1, 11 + 2 * s));
    assert.deepEqual(
      pass(1, () => ({ listeners: [] })),
      [],
    );
    assert.deepEqual(handles.readings(), []);
  });
});
