import childProcess from 'node:child_process';
import crypto from 'node:crypto';
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import zlib from 'node:zlib';
import { type Operation, operations } from '../protocol/operations.js';
import {
  type Callable,
  type Marker,
  markAlways,
  markConstructor,
  markLargeText,
  markText,
  markWait,
  markWrite,
  type Slots,
} from './markers.js';
import { markOutputStreams } from './output-streams.js';
import { createStuckOutput, type StuckOutput } from './stuck-output.js';

/** Turns of the loop that lets V8 take an interrupt. The first turn alone would leave no backward jump. */
const breaths = 2;

/** `process` is not among them: its streams are marked when the host first gets them. */
const places: Readonly<Record<string, object>> = {
  fs,
  child_process: childProcess,
  crypto,
  zlib,
  JSON,
  Atomics,
  Intl,
  'Date.prototype': Date.prototype,
};
/** Functions of fs that take a file descriptor first and write to it. */
const writes: ReadonlySet<string> = new Set(['appendFileSync', 'writeFileSync', 'writeSync', 'writevSync']);

interface Wrapped {
  readonly place: object;
  readonly method: string;
  readonly original: PropertyDescriptor;
  readonly wrapper: Callable;
}

/** The synchronous calls of the service, marked while they last. */
export interface Breadcrumbs {
  /** Gives back every function that is still the one put there. */
  close(): void;
}

/** Makes the expensive synchronous functions write their number into `slot` while they run, so that another thread
 *  can name the call that holds this one. Results, errors, names and lengths stay as they are. What a host has
 *  frozen, or fetched before, stays unmarked. `beats` tells the turns of the loop apart. */
export function leaveBreadcrumbs(slot: Slots, beats: () => number): Breadcrumbs {
  slot[1] = breaths;
  const stuck = createStuckOutput(beats);
  const wrapped = operations.flatMap((operation, index) => wrap(operation, index + 1, slot, stuck) ?? []);
  const streams = markOutputStreams(slot);
  syncBuiltinESMExports();
  return {
    close() {
      for (const { place, method, original, wrapper } of wrapped) {
        const now = Object.getOwnPropertyDescriptor(place, method);
        if (now?.value === wrapper) Object.defineProperty(place, method, original);
      }
      streams.close();
      syncBuiltinESMExports();
    },
  };
}

function wrap(operation: Operation, number: number, slot: Slots, stuck: StuckOutput): Wrapped[] | null {
  const { module, method } = operation;
  const place = places[module];
  if (place === undefined) return null;
  const original: unknown = Object.getOwnPropertyDescriptor(place, method)?.value;
  if (typeof original !== 'function') return null;
  const wrapper = markerFor(operation, stuck)(original as Callable, number, slot);
  try {
    Object.defineProperties(wrapper, Object.getOwnPropertyDescriptors(original));
  } catch {
    return null;
  }
  // What a constructor makes names it as its constructor.
  const prototype: unknown = module === 'Intl' ? original.prototype : null;
  const constructed = prototype instanceof Object ? put(prototype, 'constructor', wrapper) : [];
  return [...put(place, method, wrapper), ...constructed];
}

function put(place: object, method: string, wrapper: Callable): Wrapped[] {
  const original = Object.getOwnPropertyDescriptor(place, method);
  if (!original?.configurable || !Reflect.defineProperty(place, method, { ...original, value: wrapper }))
    return [];
  return [{ place, method, original, wrapper }];
}

function markerFor({ module, method }: Operation, stuck: StuckOutput): Marker {
  if (module === 'JSON') return method === 'parse' ? markLargeText : markText;
  if (module === 'Intl') return markConstructor;
  if (module === 'Atomics') return markWait(stuck);
  return module === 'fs' && writes.has(method) ? markWrite(stuck) : markAlways;
}
