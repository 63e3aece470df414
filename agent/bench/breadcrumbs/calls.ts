import crypto from 'node:crypto';
import fs from 'node:fs';
import { devNull } from 'node:os';
import zlib from 'node:zlib';

/** A cheap call of a function that breadcrumbs may wrap: the cheaper the call, the clearer the wrapper's cost. */
export interface MeasuredCall {
  readonly name: string;
  /** Calls in one window, so that a window lasts some milliseconds. */
  readonly calls: number;
  /** Reads the function from its module as it is now: wrapped or not. Each result is a function of its own, so
   *  that the compiler specializes both alike. */
  bind(): (times: number) => number;
}

const bytes = Buffer.from('0123456789');
const cell = new Int32Array(new SharedArrayBuffer(4));
const small = { id: 1, name: 'a product' };
const smallText = JSON.stringify(small);

const nullDevice = fs.openSync(devNull, 'w');

/** The body is compiled anew for every binding: a shared one would see both functions and be slower for both. */
function callerOf(expression: string, known: Readonly<Record<string, unknown>>): (times: number) => number {
  const names = Object.keys(known);
  const body = `return (times) => {
    let sink = 0;
    for (let turn = 0; turn < times; turn += 1) sink += ${expression} === undefined ? 1 : 0;
    return sink;
  };`;
  const make = new Function(...names, body) as (...values: unknown[]) => (times: number) => number;
  return make(...names.map((name) => known[name]));
}

/** From the cheapest to the dearest. */
export const measuredCalls: readonly MeasuredCall[] = [
  {
    name: 'Atomics.wait (returns at once)',
    calls: 40_000,
    bind: () => callerOf('call(cell, 0, 1)', { call: Atomics.wait, cell }),
  },
  {
    name: 'JSON.stringify (small)',
    calls: 20_000,
    bind: () => callerOf('call(small)', { call: JSON.stringify, small }),
  },
  {
    name: 'JSON.parse (below the limit)',
    calls: 20_000,
    bind: () => callerOf('call(smallText)', { call: JSON.parse, smallText }),
  },
  {
    name: 'fs.writeSync (1 byte to /dev/null)',
    calls: 4_000,
    bind: () => callerOf('call(fd, "x")', { call: fs.writeSync, fd: nullDevice }),
  },
  {
    name: 'fs.existsSync',
    calls: 4_000,
    bind: () => callerOf('call(path)', { call: fs.existsSync, path: import.meta.filename }),
  },
  {
    name: 'fs.statSync',
    calls: 4_000,
    bind: () => callerOf('call(path)', { call: fs.statSync, path: import.meta.filename }),
  },
  {
    name: 'new Intl.NumberFormat',
    calls: 400,
    bind: () => callerOf("new Format('en')", { Format: Intl.NumberFormat }),
  },
  {
    name: 'crypto.randomBytes (8)',
    calls: 2_000,
    bind: () => callerOf('call(8)', { call: crypto.randomBytes }),
  },
  {
    name: 'zlib.deflateRawSync (10 bytes)',
    calls: 200,
    bind: () => callerOf('call(bytes)', { call: zlib.deflateRawSync, bytes }),
  },
];
