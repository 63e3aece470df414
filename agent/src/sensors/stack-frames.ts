import type { ProbeAnswer } from '../protocol/stack.js';

const framesKept = 64;
/** A library that calls itself may lie many frames deep on the code of the service: it is looked for so far down. */
const framesTaken = 256;
const innermostKept = 48;
// Taken before the host can replace them: stacks are taken in the middle of whatever the host was doing.
const { captureStackTrace } = Error;
const { defineProperty, deleteProperty, getOwnPropertyDescriptor } = Reflect;

type Frames = ProbeAnswer['frames'];

/** The stack below `top`. While it is read, the host's own Error.prepareStackTrace and limit are put aside, so
 *  that neither its code nor Node's source map look-up runs inside the interrupt. They are redefined rather than
 *  assigned: a setter would be the host's code as well. Where they are frozen, the text form is what is left. */
export function readFrames(top: (...parameters: never[]) => unknown): Frames {
  return captureFrames(top, framesTaken)();
}

/** Takes at most so many frames of the stack below `top`, and puts them into words only when the answer is called:
 *  taking them costs some microseconds, the words several times as much. Until then what V8 has taken keeps the
 *  functions on that stack alive. */
export function captureFrames(top: (...parameters: never[]) => unknown, framesMost: number): () => Frames {
  const holder: { stack?: unknown } = {};
  const restoreLimit = putAside('stackTraceLimit', framesMost);
  try {
    captureStackTrace(holder, top);
  } finally {
    restoreLimit();
  }
  return () => describe(holder);
}

function describe(holder: { readonly stack?: unknown }): Frames {
  let frames: Frames | null = null;
  const restoreHook = putAside('prepareStackTrace', (_error: Error, sites: readonly NodeJS.CallSite[]) => {
    frames = select(sites).map(describeSite);
    return '';
  });
  try {
    const text = String(holder.stack);
    return frames ?? parseStackText(text).slice(0, framesKept);
  } catch {
    // A frozen hook of the host has thrown.
    return [];
  } finally {
    restoreHook();
  }
}

/** The innermost frames, and of those below them the outermost that may be the service's own. */
function select(sites: readonly NodeJS.CallSite[]): readonly NodeJS.CallSite[] {
  if (sites.length <= framesKept) return sites;
  const own = sites.slice(innermostKept).filter((site) => mayBeOwn(site.getFileName()));
  return [...sites.slice(0, innermostKept), ...own.slice(innermostKept - framesKept)];
}

const mayBeOwn = (file: string | null | undefined): boolean =>
  typeof file === 'string' && file !== '' && !file.startsWith('node:') && !file.includes('node_modules');

/** Gives a property of Error another value, whatever it is; returns what brings it back as it was. */
function putAside(name: 'stackTraceLimit' | 'prepareStackTrace', value: unknown): () => void {
  const before = getOwnPropertyDescriptor(Error, name);
  const replaced = defineProperty(
    Error,
    name,
    before ? { value } : { value, writable: true, configurable: true },
  );
  return () => {
    if (!replaced) return;
    if (before === undefined) deleteProperty(Error, name);
    else defineProperty(Error, name, before);
  };
}

function describeSite(site: NodeJS.CallSite): Frames[number] {
  return [
    functionName(site),
    site.getFileName() ?? '',
    site.getLineNumber() ?? 0,
    site.getColumnNumber() ?? 0,
    // Missing from Node's types, present in V8 since promises have async stack traces.
    (site as NodeJS.CallSite & { isAsync(): boolean }).isAsync(),
  ];
}

function functionName(site: NodeJS.CallSite): string {
  const name = site.getFunctionName();
  if (name === null) return '<anonymous>';
  const type = site.isToplevel() ? null : site.getTypeName();
  return type === null || type === 'Object' || name.includes('.') ? name : `${type}.${name}`;
}

/** Parses V8's text form: `at [async ]name (file:line:column)` or `at [async ]file:line:column`. */
export function parseStackText(text: string): Frames {
  const frames: Frames[number][] = [];
  for (const line of text.split('\n')) {
    const match = /^\s+at (async )?(?:(.*?) \()?(.*?):(\d+):(\d+)\)?$/.exec(line);
    if (match === null) continue;
    frames.push([
      match[2] ?? '<anonymous>',
      match[3]!,
      Number(match[4]),
      Number(match[5]),
      match[1] !== undefined,
    ]);
  }
  return frames;
}
