import { snapshotError } from './errors.js';
import { notASnapshot } from './header.js';
import type { Input } from './input.js';

const code = (character: string): number => character.charCodeAt(0);
const quote = code('"');
const backslash = code('\\');
const comma = code(',');
const colon = code(':');
const zero = code('0');
const nine = code('9');
const openArray = code('[');
const closeArray = code(']');
const openObject = code('{');
const closeObject = code('}');
const longestKey = 64;
const end = -1;

/** Reads the one form of JSON that heap snapshots have, byte by byte: an object whose large values are lists of
 *  whole numbers and of texts. Every method throws ERR_FAULTLINE_HEAP_FILE for anything else. */
export interface Scanner {
  isEmpty(): boolean;
  /** Whether the next byte that counts is this one; it is taken. */
  enter(bracket: '{'): boolean;
  /** The next key, with its colon. */
  key(): string;
  /** The next value, whatever it is, up to `limit` bytes of it. */
  value(limit: number): unknown;
  /** The next value is of no interest. */
  skip(): void;
  /** A list of whole numbers, `count` rows of `width`. `values` is the same array each time. */
  rows(
    width: number,
    count: number,
    what: string,
    onRow: (row: number, values: Readonly<Float64Array>) => void,
  ): void;
  /** Offsets of the texts of a list, and where the last one ends. */
  stringOffsets(): Float64Array;
  /** Whether the object goes on; the comma, or the bracket that ends it, is taken. */
  more(): boolean;
  fail(why: string): never;
}

export function createScanner(input: Input): Scanner {
  const fail = (why: string): never => {
    throw snapshotError(input.path, why);
  };
  const truncated = (): never =>
    fail(
      `It ends too early, after ${input.bytes} bytes: the snapshot was not finished, or is a copy of a part.`,
    );
  const broken = (): never => fail(`What stands at byte ${input.position()} does not belong there.`);

  const nextSolid = (): number => {
    let byte = input.next();
    while (byte === 32 || (byte >= 9 && byte <= 13)) byte = input.next();
    return byte;
  };
  const want = (byte: number): void => {
    const got = nextSolid();
    if (got === end) truncated();
    if (got !== byte) broken();
  };
  /** After the quote that opens it. */
  const skipString = (): void => {
    for (;;) {
      const byte = input.next();
      if (byte === quote) return;
      if (byte === backslash) input.next();
      else if (byte === end) truncated();
    }
  };

  /** Takes one value and returns where it began. */
  const skip = (): number => {
    let depth = 0;
    let from = -1;
    for (;;) {
      const byte = nextSolid();
      if (from < 0) from = input.position() - 1;
      if (byte === end) truncated();
      if (byte === quote) skipString();
      else if (byte === openArray || byte === openObject) depth += 1;
      else if (byte === closeArray || byte === closeObject) depth -= 1;
      const following = input.peek();
      const isOver = following === comma || following === closeObject || following <= 32;
      if (depth < 0) broken();
      if (depth === 0 && isOver) return from;
    }
  };

  return {
    isEmpty: () => input.bytes === 0,
    enter: (bracket) => nextSolid() === code(bracket),
    key() {
      if (nextSolid() !== quote) return '';
      const bytes: number[] = [];
      for (let byte = input.next(); byte !== quote; byte = input.next()) {
        if (byte === end) truncated();
        if (bytes.push(byte) > longestKey) broken();
      }
      want(colon);
      return String.fromCharCode(...bytes);
    },
    value(limit) {
      const from = skip();
      const length = input.position() - from;
      if (length > limit) throw notASnapshot(input.path);
      try {
        return JSON.parse(input.at(from, length).toString('utf8')) as unknown;
      } catch {
        throw notASnapshot(input.path);
      }
    },
    skip: () => void skip(),
    rows(width, count, what, onRow) {
      want(openArray);
      const values = new Float64Array(width);
      let separator = count === 0 ? nextSolid() : comma;
      for (let row = 0; row < count; row += 1) {
        for (let place = 0; place < width; place += 1) {
          if (separator !== comma) fail(`It has only ${row} of the ${count} ${what} that it says it has.`);
          let byte = nextSolid();
          if (byte < zero || byte > nine) byte === end ? truncated() : broken();
          let value = 0;
          for (; byte >= zero && byte <= nine; byte = input.next()) value = value * 10 + byte - zero;
          values[place] = value;
          separator = byte;
          while (separator === 32 || (separator >= 9 && separator <= 13)) separator = input.next();
          if (separator === end) truncated();
        }
        onRow(row, values);
      }
      if (separator !== closeArray) fail(`It has more than the ${count} ${what} that it says it has.`);
    },
    stringOffsets() {
      want(openArray);
      let offsets = new Float64Array(1024);
      let count = 0;
      for (let byte = nextSolid(); byte !== closeArray; byte = nextSolid()) {
        if (byte === end) truncated();
        if (byte === comma) continue;
        if (byte !== quote) broken();
        // One place is left for the end of the last text.
        if (count + 2 > offsets.length) {
          const longer = new Float64Array(offsets.length * 2);
          longer.set(offsets);
          offsets = longer;
        }
        offsets[count] = input.position() - 1;
        count += 1;
        skipString();
      }
      offsets[count] = input.position() - 1;
      return offsets.slice(0, count + 1);
    },
    more() {
      const byte = nextSolid();
      if (byte === end) truncated();
      if (byte !== comma && byte !== closeObject) broken();
      return byte === comma;
    },
    fail,
  };
}
