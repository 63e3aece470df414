import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { afterEach, describe, type TestContext, test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { runInThisContext } from 'node:vm';
import type { RequestContext } from '../../src/protocol/incident.js';
import type { ProbeAnswer } from '../../src/protocol/stack.js';
import { installProbe } from '../../src/sensors/probe.js';
import { parseStackText } from '../../src/sensors/stack-frames.js';
import { runChild } from '../harness/child.js';

const probeUrl = new URL('../../src/sensors/probe.js', import.meta.url).href;
const hook = Object.getOwnPropertyDescriptor(Error, 'prepareStackTrace');
const limit = Object.getOwnPropertyDescriptor(Error, 'stackTraceLimit');
const descriptors = () => [
  Object.getOwnPropertyDescriptor(Error, 'prepareStackTrace'),
  Object.getOwnPropertyDescriptor(Error, 'stackTraceLimit'),
];

afterEach(() => {
  if (hook === undefined) Reflect.deleteProperty(Error, 'prepareStackTrace');
  else Object.defineProperty(Error, 'prepareStackTrace', hook);
  Object.defineProperty(Error, 'stackTraceLimit', limit!);
});

function install(t: TestContext, current: () => RequestContext | null = () => null) {
  const probe = installProbe(`faultline.${randomUUID()}`, () => 42, current);
  t.after(() => probe.close());
  /** What the sidecar would have the inspector evaluate. */
  const ask = (): ProbeAnswer => {
    const left = (globalThis as unknown as Record<string, () => string>)[probe.key]!;
    return JSON.parse(left()) as ProbeAnswer;
  };
  return { probe, ask };
}

describe('answers with', () => {
  test('the frames below it, each with its line and column', (t) => {
    const { ask } = install(t);
    const answer = (function inner() {
      return (function outer() {
        return ask();
      })();
    })();
    const names = answer.frames.map(([name]) => name);
    assert.deepEqual(names.slice(0, 3), ['ask', 'outer', 'inner']);
    for (const [, file, line, column, isAsync] of answer.frames.slice(0, 3)) {
      assert.equal(file, import.meta.url);
      assert.ok(line > 0 && column > 0);
      assert.equal(isAsync, false);
    }
    const [, , line, column] = answer.frames[0]!;
    const [, , nextLine] = answer.frames[1]!;
    assert.ok(nextLine > line && column > 1);
  });

  test('callers that await, marked as such', async (t) => {
    const { ask } = install(t);
    async function callee(): Promise<ProbeAnswer> {
      await turn();
      return ask();
    }
    async function caller(): Promise<ProbeAnswer> {
      return await callee();
    }
    const { frames } = await caller();
    const callerFrame = frames.find(([name]) => name === 'caller');
    assert.equal(callerFrame?.[4], true);
    assert.equal(frames.find(([name]) => name === 'callee')?.[4], false);
  });

  test('methods with the name of their class, and functions without a name', (t) => {
    const { ask } = install(t);
    class Report {
      build(): ProbeAnswer {
        return [0].map(() => ask())[0]!;
      }
    }
    const names = new Report().build().frames.map(([name]) => name);
    assert.deepEqual(names.slice(1, 4), ['<anonymous>', 'Array.map', 'Report.build']);
  });

  test('the code of the service below a library that calls itself very often', (t) => {
    const { ask } = install(t);
    type Walk = (depth: number, then: () => ProbeAnswer) => ProbeAnswer;
    const source = '(function walk(depth, then) { return depth === 0 ? then() : walk(depth - 1, then); })';
    const filename = '/srv/node_modules/walker/index.js';
    const walk = runInThisContext(source, { filename }) as Walk;
    const { frames } = (function ownHandler() {
      return walk(180, ask);
    })();
    const names = frames.map(([name]) => name);
    assert.ok(frames.length <= 64, `${frames.length} frames`);
    assert.deepEqual([names[0], names[1], names[47]], ['ask', 'walk', 'walk']);
    assert.equal(names[48], 'ownHandler');
  });

  test('64 frames of a deep stack', (t) => {
    const { ask } = install(t);
    const deep = (depth: number): ProbeAnswer => (depth === 0 ? ask() : deep(depth - 1));
    assert.equal(deep(500).frames.length, 64);
  });

  test('the request and the beats of that moment', (t) => {
    const request = { route: 'GET /a', traceId: null, spanId: null };
    const { beats, request: seen } = install(t, () => request).ask();
    assert.deepEqual([beats, seen], [42, request]);
  });

  test('how far the queues of the host have come', async (t) => {
    const { ask } = install(t);
    const first = ask().turn;
    assert.deepEqual([first?.microtasks, first?.ticks, first?.roundMs], [0, 0, null]);
    await turn();
    const second = ask().turn;
    assert.deepEqual([second?.microtasks, second?.ticks], [1, 1]);
  });

  test('no request when asking for it fails', (t) => {
    const { ask } = install(t, () => {
      throw new Error('broken on purpose');
    });
    const { request, frames } = ask();
    assert.equal(request, null);
    assert.ok(frames.length > 0);
  });
});

describe('leaves the host alone', () => {
  test('nothing that enumerates finds the probe, and close() takes it away', (t) => {
    const before = Object.getOwnPropertyNames(globalThis);
    const { probe } = install(t);
    assert.ok(!Object.keys(globalThis).includes(probe.key));
    probe.close();
    assert.deepEqual(Object.getOwnPropertyNames(globalThis), before);
  });

  test("the host's own hook is not called, and is the same afterwards", (t) => {
    const { ask } = install(t);
    let calls = 0;
    Error.prepareStackTrace = () => {
      calls += 1;
      return 'mine';
    };
    const before = descriptors();
    assert.ok(ask().frames.length > 3);
    assert.equal(calls, 0);
    assert.deepEqual(descriptors(), before);
    assert.equal(new Error('x').stack, 'mine');
  });

  test('without a hook there is none afterwards', (t) => {
    const { ask } = install(t);
    Reflect.deleteProperty(Error, 'prepareStackTrace');
    ask();
    assert.equal(Object.hasOwn(Error, 'prepareStackTrace'), false);
  });

  for (const value of [0, 1, Number.POSITIVE_INFINITY, undefined]) {
    test(`a stack trace limit of ${value} does not shorten the answer, and stays`, (t) => {
      const { ask } = install(t);
      Object.defineProperty(Error, 'stackTraceLimit', { ...limit, value });
      const before = descriptors();
      assert.ok(ask().frames.length > 3);
      assert.deepEqual(descriptors(), before);
    });
  }

  test('a host that has no limit has none afterwards', (t) => {
    const { ask } = install(t);
    Reflect.deleteProperty(Error, 'stackTraceLimit');
    assert.ok(ask().frames.length > 3);
    assert.equal(Object.hasOwn(Error, 'stackTraceLimit'), false);
  });
});

describe('hostile hosts', () => {
  test('an accessor in place of the hook is neither read nor written', (t) => {
    const { ask } = install(t);
    let calls = 0;
    const count = (): never => {
      calls += 1;
      throw new Error('hostile');
    };
    Object.defineProperty(Error, 'prepareStackTrace', { get: count, set: count, configurable: true });
    const before = descriptors();
    assert.ok(ask().frames.length > 3);
    assert.equal(calls, 0);
    assert.deepEqual(descriptors(), before);
  });

  for (const [title, hook, names] of [
    ['leaves the text form', 'undefined', ['ask', 'outer']],
    ['that throws leaves nothing', '() => { throw new Error("hostile"); }', []],
    ['that gives the sites themselves leaves nothing', '(_error, sites) => sites', []],
  ] as const) {
    test(`a frozen hook ${title}, and no exception`, async (t) => {
      const program = `
        import { installProbe } from ${JSON.stringify(probeUrl)};
        const probe = installProbe('probe', () => 1, () => null);
        Object.defineProperty(Error, 'prepareStackTrace',
          { value: ${hook}, writable: false, configurable: false });
        const ask = () => console.log(globalThis.probe());
        const outer = () => ask();
        outer();`;
      const { stdout } = await runChild(t, { program, flags: [] });
      const { frames } = JSON.parse(stdout) as ProbeAnswer;
      assert.deepEqual(
        frames.slice(0, 2).map(([name]) => name),
        names,
      );
    });
  }

  test('JSON that somebody has replaced', (t) => {
    const { probe } = install(t);
    t.mock.method(JSON, 'stringify', () => 'mine');
    const left = (globalThis as unknown as Record<string, () => string>)[probe.key]!;
    assert.match(left(), /^\{"frames":/);
  });
});

describe('parses the text form of a stack', () => {
  const rows: readonly [string, readonly [string, string, number, number, boolean]][] = [
    ['    at f (file:///a/b.js:3:7)', ['f', 'file:///a/b.js', 3, 7, false]],
    ['    at f (/a/b c.js:3:7)', ['f', '/a/b c.js', 3, 7, false]],
    ['    at /a/b.js:3:7', ['<anonymous>', '/a/b.js', 3, 7, false]],
    ['    at async f (/a/b.js:3:7)', ['f', '/a/b.js', 3, 7, true]],
    ['    at async /a/b.js:3:7', ['<anonymous>', '/a/b.js', 3, 7, true]],
    ['    at Report.build (/a/b.js:3:7)', ['Report.build', '/a/b.js', 3, 7, false]],
    ['    at new Report (/a/b.js:3:7)', ['new Report', '/a/b.js', 3, 7, false]],
    ['    at Report.build [as run] (/a/b.js:3:7)', ['Report.build [as run]', '/a/b.js', 3, 7, false]],
    ['    at Object.<anonymous> (C:\\a\\b.js:3:7)', ['Object.<anonymous>', 'C:\\a\\b.js', 3, 7, false]],
    [
      '    at listOnTimeout (node:internal/timers:573:17)',
      ['listOnTimeout', 'node:internal/timers', 573, 17, false],
    ],
  ];
  for (const [line, frame] of rows) {
    test(line.trim(), () => assert.deepEqual(parseStackText(`Error: message\n${line}`), [frame]));
  }
  for (const line of [
    'Error: at last (a:1:2)',
    '    at Array.map (<anonymous>)',
    '    at f (native)',
    '',
    '    at',
  ]) {
    test(`passes over ${JSON.stringify(line)}`, () => assert.deepEqual(parseStackText(line), []));
  }
  test('in order', () => {
    const names = parseStackText('Error\n    at a (/x.js:1:1)\n    at b (/x.js:2:2)').map(([name]) => name);
    assert.deepEqual(names, ['a', 'b']);
  });
});
