import assert from 'node:assert/strict';
import { channel } from 'node:diagnostics_channel';
import { EventEmitter, once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import { connect, type Socket } from 'node:net';
import { describe, type TestContext, test } from 'node:test';
import { followServedRequests, type Serving } from '../../../src/sensors/http/served-requests.js';
import { until } from '../../harness/wait.js';

interface World {
  readonly served: ReturnType<typeof followServedRequests>;
  /** Path and status of those that have ended, in turn. */
  readonly ended: string[];
  readonly server: ReturnType<typeof createServer>;
  /** Sends this on a connection of its own. */
  send(text: string): Socket;
}

async function start(t: TestContext, handler: RequestListener): Promise<World> {
  const served = followServedRequests();
  const ended: string[] = [];
  served.onEnd(({ request }, status) => void ended.push(`${request?.url} ${status}`));
  const server = createServer(handler);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  t.after(() => {
    served.close();
    server.closeAllConnections();
    server.close();
  });
  const send = (text: string): Socket => {
    const socket = connect((server.address() as { port: number }).port, '127.0.0.1');
    socket.on('error', () => {});
    socket.resume().write(text);
    t.after(() => socket.destroy());
    return socket;
  };
  return { served, ended, server, send };
}

const head = (path: string, method = 'GET', more = ''): string =>
  `${method} ${path} HTTP/1.1\r\nHost: a\r\n${more}\r\n`;
const answer: RequestListener = (_request, response) => void response.end('hello');
/** Never answers what is asked for below /hang. */
const hang: RequestListener = (request, response) => {
  if (request.url?.startsWith('/hang')) return;
  response.end('hello');
};
const none = ({ served }: World): boolean => served.inFlight() === 0 && served.oldest() === null;

describe('a request is in flight', () => {
  test('until its response is sent', async (t) => {
    const responses: ServerResponse[] = [];
    const world = await start(t, (_request, response) => void responses.push(response));
    world.send(head('/one'));
    await until('it has begun', () => world.served.inFlight() === 1);
    responses[0]!.statusCode = 201;
    responses[0]!.end();
    await until('it has ended', () => none(world));
    assert.deepEqual([world.ended, world.served.begun()], [['/one 201'], 1]);
  });

  test('until its client goes away', async (t) => {
    const world = await start(t, hang);
    const socket = world.send(head('/hang'));
    await until('it has begun', () => world.served.inFlight() === 1);
    socket.destroy();
    // Nobody asks what is in flight: the event alone must end it.
    await until('it has ended', () => world.ended.length === 1);
    assert.ok(none(world));
    assert.deepEqual(world.ended, ['/hang null']);
  });

  test('until its client goes away in the middle of the response', async (t) => {
    const world = await start(t, (_request, response) => void response.write('a part'));
    const socket = world.send(head('/part'));
    await once(socket, 'data');
    assert.equal(world.served.inFlight(), 1);
    socket.destroy();
    await until('it has ended', () => world.ended.length === 1);
    assert.ok(none(world));
    assert.deepEqual(world.ended, ['/part null']);
  });

  test('until the server destroys it', async (t) => {
    const world = await start(t, (_request, response) => void response.destroy());
    world.send(head('/destroyed'));
    await until('it has ended', () => world.ended.length === 1);
    assert.ok(none(world));
    assert.deepEqual(world.ended, ['/destroyed null']);
  });

  test('with HEAD as with others', async (t) => {
    const world = await start(t, answer);
    world.send(head('/head', 'HEAD'));
    await until('it has ended', () => world.ended.length === 1);
    assert.ok(none(world));
    assert.deepEqual(world.ended, ['/head 200']);
  });

  test('with Expect: 100-continue as with others', async (t) => {
    const world = await start(t, answer);
    world.send(`${head('/continue', 'POST', 'Expect: 100-continue\r\nContent-Length: 1\r\n')}x`);
    await until('it has ended', () => world.ended.length === 1);
    assert.deepEqual([world.ended, world.served.inFlight()], [['/continue 200'], 0]);
  });

  test('when its client uses one connection again and again', async (t) => {
    const world = await start(t, answer);
    const socket = world.send(head('/0'));
    for (let turn = 1; turn <= 3; turn += 1) {
      await until('the last one has ended', () => world.ended.length === turn);
      socket.write(head(`/${turn}`));
    }
    await until('all have ended', () => world.ended.length === 4);
    assert.deepEqual(world.ended, ['/0 200', '/1 200', '/2 200', '/3 200']);
    assert.ok(none(world));
  });

  test('when several come at once on one connection', async (t) => {
    const world = await start(t, answer);
    world.send(head('/one') + head('/two') + head('/three'));
    await until('all have ended', () => world.ended.length === 3);
    assert.deepEqual(world.ended, ['/one 200', '/two 200', '/three 200']);
    assert.ok(none(world));
  });

  test('until the connection closes on which it waits for another', async (t) => {
    const world = await start(t, hang);
    const socket = world.send(head('/hang') + head('/waits'));
    await until('both have begun', () => world.served.inFlight() === 2);
    socket.destroy();
    await until('both have ended', () => none(world));
    assert.deepEqual(world.ended.toSorted(), ['/hang null', '/waits null']);
  });

  test('until its connection closes, also where somebody has taken away all listeners', async (t) => {
    const world = await start(t, (_request, response) => void response.removeAllListeners('close'));
    const socket = world.send(head('/alone'));
    await until('it has begun', () => world.served.inFlight() === 1);
    socket.destroy();
    await until('it has ended', () => none(world));
  });
});

describe('nothing is in flight', () => {
  test('for a connection that is upgraded, or a tunnel', async (t) => {
    const world = await start(t, answer);
    let taken = 0;
    const take = (_request: IncomingMessage, socket: unknown): void => {
      taken += 1;
      (socket as Socket).on('error', () => {});
    };
    world.server.on('upgrade', take).on('connect', take);
    world.send(head('/socket', 'GET', 'Connection: upgrade\r\nUpgrade: websocket\r\n'));
    world.send(head('a:1', 'CONNECT'));
    await until('both were taken', () => taken === 2);
    assert.equal(world.served.begun(), 0);
  });

  test('for what is no HTTP', async (t) => {
    const world = await start(t, answer);
    await once(world.send('nonsense\r\n\r\n'), 'close');
    assert.equal(world.served.begun(), 0);
  });
});

test('the oldest comes first, and those in the middle may leave', async (t) => {
  const responses = new Map<string | undefined, ServerResponse>();
  const world = await start(t, (request, response) => void responses.set(request.url, response));
  for (const path of ['/a', '/b', '/c']) {
    world.send(head(path));
    await until('it has begun', () => responses.has(path));
  }
  const running = (): (string | undefined)[] => {
    const list: (string | undefined)[] = [];
    for (let each = world.served.oldest(); each !== null; each = each.newer) list.push(each.request?.url);
    return list;
  };
  assert.deepEqual(running(), ['/a', '/b', '/c']);
  for (const [path, left] of [
    ['/b', ['/a', '/c']],
    ['/c', ['/a']],
    ['/a', []],
  ] as const) {
    responses.get(path)!.end();
    await until('it has ended', () => world.served.inFlight() === left.length);
    assert.deepEqual(running(), left);
  }
});

test('a request that has ended is forgotten, whoever still knows of it', async (t) => {
  const world = await start(t, answer);
  const known: Serving[] = [];
  world.served.onBegin((serving) => void known.push(serving));
  world.send(head('/one'));
  await until('it has ended', () => world.ended.length === 1);
  assert.deepEqual([known[0]?.request, known[0]?.response, known[0]?.newer], [null, null, null]);
});

test('one that throws when it is told does the service no harm', async (t) => {
  const world = await start(t, answer);
  world.served.onBegin(() => {
    throw new Error('begin');
  });
  world.served.onEnd(() => {
    throw new Error('end');
  });
  world.send(head('/one'));
  await until('it has ended', () => world.ended.length === 1 && world.served.inFlight() === 0);
});

test('close() leaves no subscriber, and no listener on a response that runs', async (t) => {
  const names = ['http.server.request.start', 'http.server.response.finish'];
  const before = names.map((name) => channel(name).hasSubscribers);
  const responses: ServerResponse[] = [];
  const bare = new EventEmitter().listenerCount('close');
  const world = await start(t, (_request, response) => void responses.push(response));
  world.send(head('/one'));
  await until('it has begun', () => responses.length === 1);
  world.served.close();
  assert.deepEqual(
    names.map((name) => channel(name).hasSubscribers),
    before,
  );
  assert.equal(responses[0]!.listenerCount('close'), bare);
  assert.deepEqual([world.served.inFlight(), world.served.oldest(), world.ended], [0, null, []]);
});

describe('the listener of the agent takes none of the places of the host', () => {
  const rows: readonly [string, number, number][] = [
    ['ten of its own are no warning, as without the agent', 10, 0],
    ['eleven of its own are one, as without the agent', 11, 1],
  ];
  for (const [title, count, expected] of rows) {
    test(title, async (t) => {
      const warnings: Error[] = [];
      const onWarning = (warning: Error): void => void warnings.push(warning);
      process.on('warning', onWarning);
      t.after(() => process.off('warning', onWarning));
      const world = await start(t, (_request, response) => {
        for (let index = 0; index < count; index += 1) response.on('close', () => {});
        response.end('hello');
      });
      world.send(head('/one'));
      await until('it has ended', () => world.ended.length === 1 && none(world));
      await new Promise(setImmediate);
      assert.equal(warnings.length, expected, warnings.map(String).join());
    });
  }
});
