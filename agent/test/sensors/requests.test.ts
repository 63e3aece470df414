import assert from 'node:assert/strict';
import { AsyncLocalStorage } from 'node:async_hooks';
import { EventEmitter } from 'node:events';
import { Server } from 'node:http';
import { afterEach, describe, type TestContext, test } from 'node:test';
import {
  type Context,
  type ContextManager,
  context,
  ROOT_CONTEXT,
  type Span,
  trace,
} from '@opentelemetry/api';
import type { RequestContext } from '../../src/protocol/incident.js';
import { followServedRequests, type Serving } from '../../src/sensors/http/served-requests.js';
import { type RequestSensor, startRequestSensor } from '../../src/sensors/requests.js';
import { isTraced } from '../../src/sensors/traced-requests.js';
import { call } from '../harness/http.js';
import { served } from '../harness/served.js';

const rpcMetadata = Symbol.for('OpenTelemetry SDK Context Key RPC_METADATA');
const ids = { traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331', traceFlags: 1 };
const otherIds = { ...ids, spanId: '00f067aa0ba902b7' };
const attributes = { 'http.request.method': 'GET' };
const spanOf = (spanContext: typeof ids, rest: object = {}) =>
  ({ spanContext: () => spanContext, attributes, ended: false, ...rest }) as unknown as Span;

/** What the SDK's context manager does. */
function manageContext(): void {
  const storage = new AsyncLocalStorage<Context>();
  const manager: ContextManager = {
    active: () => storage.getStore() ?? ROOT_CONTEXT,
    with: (active, work, self, ...rest) => storage.run(active, () => work.apply(self, rest)),
    bind: (_active, target) => target,
    enable: () => manager,
    disable: () => manager,
  };
  context.setGlobalContextManager(manager);
}

/** What the instrumentation of node:http leaves on the class of servers. */
function markServers(t: TestContext): void {
  const original = Server.prototype.emit;
  const wrapper = (...given: unknown[]): unknown => Reflect.apply(original, null, given);
  Server.prototype.emit = Object.assign(wrapper as typeof original, { __wrapped: true });
  t.after(() => {
    Server.prototype.emit = original;
  });
}

afterEach(() => context.disable());

function start(t: TestContext): RequestSensor {
  const served = followServedRequests();
  const sensor = startRequestSensor(served);
  t.after(() => {
    sensor.close();
    served.close();
  });
  return sensor;
}

describe('a host is traced', () => {
  test('when it has a context and its servers are instrumented', (t) => {
    manageContext();
    markServers(t);
    assert.equal(isTraced(), true);
  });
  test('not without instrumented servers', () => {
    manageContext();
    assert.equal(isTraced(), false);
  });
  test('not without a context', (t) => {
    markServers(t);
    assert.equal(isTraced(), false);
  });
});

describe('in a traced host', () => {
  const rows: readonly [string, object, object, RequestContext | null][] = [
    [
      'the request is that of the context',
      { route: '/products/:id' },
      {},
      { route: 'GET /products/:id', traceId: ids.traceId, spanId: ids.spanId },
    ],
    [
      'a request without a route is unmatched',
      {},
      {},
      { route: 'GET unmatched', traceId: ids.traceId, spanId: ids.spanId },
    ],
    [
      'the method may have its older name',
      { route: '/a' },
      { attributes: { 'http.method': 'POST' } },
      { route: 'POST /a', traceId: ids.traceId, spanId: ids.spanId },
    ],
    [
      'a span that is not sampled counts as well',
      { route: '/a' },
      { ended: undefined, attributes: undefined },
      { route: 'HTTP /a', traceId: ids.traceId, spanId: ids.spanId },
    ],
    ['a request whose span has ended is over', { route: '/a' }, { ended: true }, null],
    [
      'a host whose traces go nowhere has no ids',
      { route: '/a' },
      { spanContext: () => ({ ...ids, traceId: '0'.repeat(32), spanId: '0'.repeat(16) }) },
      { route: 'GET /a', traceId: null, spanId: null },
    ],
  ];
  for (const [title, metadata, span, expected] of rows) {
    test(title, (t) => {
      manageContext();
      markServers(t);
      const sensor = start(t);
      const value = { type: 'http', span: spanOf(ids, span), ...metadata };
      const seen = context.with(ROOT_CONTEXT.setValue(rpcMetadata, value), () => sensor.current());
      assert.deepEqual(seen, expected);
    });
  }

  test('the span is the innermost one that is active', (t) => {
    manageContext();
    markServers(t);
    const sensor = start(t);
    const value = { type: 'http', route: '/a', span: spanOf(ids) };
    const inner = trace.setSpan(ROOT_CONTEXT.setValue(rpcMetadata, value), spanOf(otherIds));
    assert.equal(context.with(inner, () => sensor.current())?.spanId, otherIds.spanId);
  });

  test('a request is marked by its span, seen from inside and from outside, until that has ended', (t) => {
    manageContext();
    markServers(t);
    const sensor = start(t);
    const span = spanOf(ids);
    const active = ROOT_CONTEXT.setValue(rpcMetadata, { type: 'http', span });
    // The instrumentation binds the listeners of a response like this.
    const response = new EventEmitter();
    const emit = response.emit.bind(response);
    response.emit = (...given: Parameters<typeof emit>) => context.with(active, () => emit(...given));
    const serving = { response } as unknown as Serving;
    assert.equal(
      context.with(active, () => sensor.mark()),
      span,
    );
    assert.equal(sensor.markOf(serving), span);
    assert.equal(sensor.mark(), null);
    Object.assign(span, { ended: true });
    assert.equal(sensor.markOf(serving), null);
    assert.equal(response.eventNames().length, 0);
  });

  test('there is no request outside of one', (t) => {
    manageContext();
    markServers(t);
    assert.equal(start(t).current(), null);
  });
});

describe('in a host that is traced by hand', () => {
  test('ids are those of the active span, and the request is followed by the agent', async (t) => {
    manageContext();
    const sensor = start(t);
    let seen: RequestContext | null = null;
    const url = await served(t, (_request, response) => {
      seen = context.with(trace.setSpan(ROOT_CONTEXT, spanOf(ids)), () => sensor.current());
      response.end();
    });
    await call(url);
    assert.deepEqual(seen, { route: 'GET unmatched', traceId: ids.traceId, spanId: ids.spanId });
  });

  test('ids are null when the span is not valid', async (t) => {
    manageContext();
    const sensor = start(t);
    let seen: RequestContext | null = null;
    const invalid = spanOf({ ...ids, traceId: '0'.repeat(32) });
    const url = await served(t, (_request, response) => {
      seen = context.with(trace.setSpan(ROOT_CONTEXT, invalid), () => sensor.current());
      response.end();
    });
    await call(url);
    assert.deepEqual(seen, { route: 'GET unmatched', traceId: null, spanId: null });
  });
});

test('notices a host that comes to be traced after the agent has started', (t) => {
  const sensor = start(t);
  const value = { type: 'http', route: '/a', span: spanOf(ids) };
  manageContext();
  markServers(t);
  const ask = () => context.with(ROOT_CONTEXT.setValue(rpcMetadata, value), () => sensor.current());
  assert.equal(ask(), null);
  sensor.refresh();
  assert.equal(ask()?.route, 'GET /a');
});
