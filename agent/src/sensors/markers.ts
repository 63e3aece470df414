import { outputWrites } from '../protocol/operations.js';
import type { StuckOutput } from './stuck-output.js';

/** JSON texts below this length are parsed within a few ms, and many services parse thousands of them a second. */
const largeTextLength = 256 * 1024;

export type Callable = (...input: unknown[]) => unknown;
/** The operation that runs, and the turns of breathe(). */
export type Slots = Int32Array;
/** Makes a function leave its number in `slot` while it runs. */
export type Marker = (original: Callable, number: number, slot: Slots) => Callable;

/** Some built-ins end in native code. V8 takes interrupts where a function begins and, in optimized code into which
 *  this one is inlined, where a loop turns: so this lets the stack be seen while the caller's line is still on it.
 *  The number of turns is read from shared memory so that no compiler can know it and drop the loop. */
function breathe(slot: Slots): void {
  for (let turn = 0; turn < slot[1]!; turn += 1);
}

/** A call within a call keeps the outer name, which is the one that the service has written. */
export const markAlways: Marker = (original, number, slot) =>
  function (this: unknown, ...input: unknown[]): unknown {
    if (slot[0] !== 0) return Reflect.apply(original, this, input);
    slot[0] = number;
    try {
      return Reflect.apply(original, this, input);
    } finally {
      slot[0] = 0;
      breathe(slot);
    }
  };

/** With `new` and without it, and as the parent of a class, whose own prototype then counts. */
export const markConstructor: Marker = (original, number, slot) => {
  const make = (input: unknown[], target: unknown, self: unknown): unknown => {
    if (target === undefined) return Reflect.apply(original, self, input);
    return Reflect.construct(original, input, target === wrapper ? original : (target as Callable));
  };
  function wrapper(this: unknown, ...input: unknown[]): unknown {
    if (slot[0] !== 0) return make(input, new.target, this);
    slot[0] = number;
    try {
      return make(input, new.target, this);
    } finally {
      slot[0] = 0;
      breathe(slot);
    }
  }
  return wrapper;
};

/** Nobody knows beforehand how long a text will become. Both functions of JSON take up to three arguments, ignore
 *  `this`, and treat undefined as missing, which saves the array that others need. */
export const markText: Marker = (original, number, slot) => (first, second, third) => {
  if (slot[0] !== 0) return original(first, second, third);
  slot[0] = number;
  try {
    return original(first, second, third);
  } finally {
    slot[0] = 0;
    breathe(slot);
  }
};

/** The same for texts that are long enough to matter. */
export const markLargeText: Marker = (original, number, slot) => {
  const marked = markText(original, number, slot);
  return (first, second, third) => {
    const isLarge = typeof first === 'string' && first.length > largeTextLength;
    return isLarge ? marked(first, second, third) : original(first, second, third);
  };
};

/** A write whose first argument is a file descriptor: those of standard output and error have names of their own. */
export const markWrite =
  (stuck: StuckOutput): Marker =>
  (original, number, slot) =>
    function (this: unknown, ...input: unknown[]): unknown {
      if (slot[0] !== 0) return Reflect.apply(original, this, input);
      const output = input[0] === 1 || input[0] === 2 ? outputWrites[input[0]]! : 0;
      slot[0] = output || number;
      try {
        const result = Reflect.apply(original, this, input);
        if (output !== 0) stuck.wrote(output);
        return result;
      } catch (error) {
        if (output !== 0) stuck.failed(output, error);
        throw error;
      } finally {
        slot[0] = 0;
        breathe(slot);
      }
    };

/** A sleep: what it waits for is the output that would take no more, when that was tried just before. */
export const markWait =
  (stuck: StuckOutput): Marker =>
  (original, number, slot) =>
    function (this: unknown, ...input: unknown[]): unknown {
      if (slot[0] !== 0) return Reflect.apply(original, this, input);
      slot[0] = stuck.awaited() || number;
      try {
        return Reflect.apply(original, this, input);
      } finally {
        slot[0] = 0;
        breathe(slot);
      }
    };
