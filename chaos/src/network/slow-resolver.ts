import { createSocket } from 'node:dgram';
import type { AddressInfo } from 'node:net';

/** A server of names on this machine that knows one address for all of them, and takes its time to say it. */
export interface SlowResolver {
  /** Its UDP port on 127.0.0.1. Rejects when it could not be opened. */
  readonly port: Promise<number>;
  close(): void;
}

/** Answers each question with 127.0.0.1 after `delayMs`. The questions of one moment are few, and each is forgotten once it
 *  is answered. */
export function openSlowResolver(delayMs: number): SlowResolver {
  const socket = createSocket('udp4');
  const port = new Promise<number>((resolve, reject) => {
    socket.once('error', reject);
    socket.bind(0, '127.0.0.1', () => resolve((socket.address() as AddressInfo).port));
  });
  port.catch(() => {});
  let isOpen = true;
  // What cannot be sent is a question without an answer.
  socket.on('error', () => {});
  socket.on('message', (question, from) => {
    const answer = () => isOpen && socket.send(answerTo(question), from.port, from.address);
    setTimeout(answer, delayMs).unref();
  });
  socket.unref();
  return {
    port,
    close() {
      if (isOpen) socket.close();
      isOpen = false;
    },
  };
}

/** Length of the header of a message. Unit: bytes. */
const headerBytes = 12;
/** A name that points at the question's, type A, class IN, to be kept for 0 s, 4 bytes of address: 127.0.0.1. */
const record = Buffer.from([0xc0, headerBytes, 0, 1, 0, 1, 0, 0, 0, 0, 0, 4, 127, 0, 0, 1]);

/** The question with the answer behind it, by RFC 1035. */
function answerTo(question: Buffer): Buffer {
  const header = Buffer.from(question.subarray(0, headerBytes));
  // An answer, recursion wanted and available, no error; one question, one answer, and nothing else.
  header.set([0x81, 0x80, 0, 1, 0, 1, 0, 0, 0, 0], 2);
  return Buffer.concat([header, question.subarray(headerBytes, endOfQuestion(question)), record]);
}

/** Labels with their lengths up to an empty one, then type and class. */
function endOfQuestion(question: Buffer): number {
  let at = headerBytes;
  while (at < question.length && question[at] !== 0) at += 1 + (question[at] ?? 0);
  return at + 5;
}
