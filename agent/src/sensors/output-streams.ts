import { outputWrites } from '../protocol/operations.js';
import { type Callable, markAlways, type Slots } from './markers.js';

/** What Node's streams call for each piece of output; see "Implementing a writable stream". */
const methods = ['_write', '_writev'] as const;
const names = { 1: 'stdout', 2: 'stderr' } as const;

interface MarkedMethod {
  readonly stream: object;
  readonly method: string;
  readonly wrapper: Callable;
  /** Undefined where the method came from the stream's class. */
  readonly own: PropertyDescriptor | undefined;
}

/** Marks the writes of `process.stdout` and `process.stderr`. Files and terminals take them synchronously, pipes
 *  where they have been set to block. Node makes each stream when it is first asked for, and that changes the file
 *  descriptor: so nothing is asked for here, and a stream is marked when the host gets it. */
export function markOutputStreams(slot: Slots): { close(): void } {
  const marked: MarkedMethod[] = [];
  const restores = ([1, 2] as const).map((fd) => {
    const descriptor = Object.getOwnPropertyDescriptor(process, names[fd]);
    const getter = descriptor?.get;
    if (!descriptor?.configurable || getter === undefined) return () => {};
    let isMarked = false;
    const get = function (this: unknown): unknown {
      const stream: unknown = Reflect.apply(getter, this, []);
      if (!isMarked) {
        isMarked = true;
        marked.push(...markStream(stream, outputWrites[fd]!, slot));
      }
      return stream;
    };
    Object.defineProperties(get, Object.getOwnPropertyDescriptors(getter));
    Object.defineProperty(process, names[fd], { ...descriptor, get });
    return () => {
      const isOurs = Object.getOwnPropertyDescriptor(process, names[fd])?.get === get;
      if (isOurs) Object.defineProperty(process, names[fd], descriptor);
      isMarked = true;
    };
  });
  return {
    close() {
      for (const restore of restores) restore();
      for (const each of marked) giveBack(each);
    },
  };
}

function giveBack({ stream, method, wrapper, own }: MarkedMethod): void {
  if (Object.getOwnPropertyDescriptor(stream, method)?.value !== wrapper) return;
  if (own === undefined) Reflect.deleteProperty(stream, method);
  else Reflect.defineProperty(stream, method, own);
}

/** The stream's own class keeps its methods; those of this one object hide them. A host that replaces `write`, as
 *  test runners do, is above them and sees no difference. */
function markStream(stream: unknown, number: number, slot: Slots): MarkedMethod[] {
  if (typeof stream !== 'object' || stream === null) return [];
  return methods.flatMap((method) => {
    const original: unknown = Reflect.get(stream, method);
    if (typeof original !== 'function') return [];
    const own = Object.getOwnPropertyDescriptor(stream, method);
    const wrapper = markAlways(original as Callable, number, slot);
    const descriptor = { writable: true, configurable: true, enumerable: false, ...own, value: wrapper };
    return Reflect.defineProperty(stream, method, descriptor) ? [{ stream, method, wrapper, own }] : [];
  });
}
