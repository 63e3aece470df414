import type { AddressInfo } from 'node:net';
import { createServer, type Socket } from 'node:net';
import type { TestContext } from 'node:test';
import { BSON } from 'mongodb';

const replyCode = 1;
const queryCode = 2_004;
const messageCode = 2_013;
const hello = {
  ismaster: true,
  helloOk: true,
  maxBsonObjectSize: 16_777_216,
  maxMessageSizeBytes: 48_000_000,
  maxWriteBatchSize: 100_000,
  minWireVersion: 0,
  maxWireVersion: 21,
  ok: 1,
};

const foundNothing = { cursor: { firstBatch: [], id: 0n, ns: 'shop.products' }, ok: 1 };

/** As much of a MongoDB server as a client needs that pings and searches: each is answered when `answerAll()` is called. */
export interface FakeMongoDb {
  readonly port: number;
  /** Pings and searches that wait for their answer. */
  waiting(): number;
  answerAll(): void;
}

/** Source of the formats: MongoDB Wire Protocol, OP_QUERY, OP_REPLY and OP_MSG. */
export async function startFakeMongoDb(t: TestContext): Promise<FakeMongoDb> {
  const sockets = new Set<Socket>();
  const pings: (() => void)[] = [];
  const server = createServer((socket) => {
    sockets.add(socket);
    let received: Buffer = Buffer.alloc(0);
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(socket));
    socket.on('data', (data: Buffer) => {
      received = Buffer.concat([received, data]);
      while (received.length >= 16 && received.length >= received.readInt32LE(0)) {
        const length = received.readInt32LE(0);
        const message = received.subarray(0, length);
        received = received.subarray(length);
        const command = commandOf(message);
        const answer = (body: BSON.Document) => socket.write(replyTo(message, body));
        if ('ping' in command) pings.push(() => answer({ ok: 1 }));
        else if ('find' in command) pings.push(() => answer(foundNothing));
        else answer('ismaster' in command || 'hello' in command ? hello : { ok: 1 });
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return {
    port: (server.address() as AddressInfo).port,
    waiting: () => pings.length,
    answerAll() {
      for (const answer of pings.splice(0)) answer();
    },
  };
}

function commandOf(message: Buffer): BSON.Document {
  // Behind the header: flags and the kind of the section, or flags, the name of a collection and two numbers.
  const start = message.readInt32LE(12) === messageCode ? 21 : message.indexOf(0, 20) + 9;
  return BSON.deserialize(message.subarray(start, start + message.readInt32LE(start)));
}

function replyTo(message: Buffer, body: BSON.Document): Buffer {
  const isQuery = message.readInt32LE(12) === queryCode;
  const document = Buffer.from(BSON.serialize(body));
  const head = Buffer.alloc(isQuery ? 36 : 21);
  head.writeInt32LE(head.length + document.length, 0);
  head.writeInt32LE(message.readInt32LE(4), 8);
  head.writeInt32LE(isQuery ? replyCode : messageCode, 12);
  if (isQuery) head.writeInt32LE(1, 32);
  return Buffer.concat([head, document]);
}
