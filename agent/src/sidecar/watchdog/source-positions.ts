import { readFileSync, statSync } from 'node:fs';
import { SourceMap, type SourceMapPayload } from 'node:module';
import { dirname, isAbsolute, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Frame, FrameOrigin, ProbeAnswer, SourceFrame } from '../../protocol/stack.js';
import { sourcePath } from './source-path.js';

const mapsKept = 200;
const largestFileBytes = 32 * 1024 * 1024;
const mapComments = /\/\/[#@] ?sourceMappingURL=([^\s'"]+)\s*$/gm;
const dataUrl = /^data:application\/json[^,]*?(;base64)?,(.*)$/s;

interface FileMap {
  readonly map: SourceMap;
  /** Path of a source that the map names; null for one that has none here. */
  readonly pathOf: (source: string) => string | null;
}

/** Finds the original source of frames: reads source maps beside the code or inside it, in this thread, so that
 *  the blocked one has nothing to do with it. */
export interface SourcePositions {
  locate(frame: Frame): SourceFrame;
  /** The frames of a stack as they come from the main thread. */
  locateAll(frames: ProbeAnswer['frames']): SourceFrame[];
}

/** `agentDirectory` is where this package lies: its own frames are never anybody's fault. */
export function createSourcePositions(workingDirectory: string, agentDirectory: string): SourcePositions {
  const maps = new Map<string, FileMap | null>();

  const mapOf = (path: string): FileMap | null => {
    const known = maps.get(path);
    if (known !== undefined) return known;
    if (maps.size >= mapsKept) maps.delete(maps.keys().next().value!);
    const found = readMap(path, workingDirectory);
    maps.set(path, found);
    return found;
  };

  const locate = (frame: Frame): SourceFrame => {
    const path = toPath(frame.file);
    if (path === null) return { ...frame, origin: 'node' };
    const origin = originOf(path, agentDirectory);
    const original = origin === 'service' ? findOriginal(frame, mapOf(path)) : null;
    if (original === null) return { ...frame, file: showPath(path, workingDirectory), origin };
    const { line, column } = original;
    // A bundle holds the code of libraries as well.
    const own = originOf(original.path, agentDirectory);
    return { ...frame, file: showPath(original.path, workingDirectory), origin: own, line, column };
  };
  return {
    locate,
    locateAll: (frames) =>
      frames.map(([name, file, line, column, async]) =>
        locate({ function: name, file, line, column, async }),
      ),
  };
}

/** Null for native code and for everything that is no file, such as `node:fs` or evaluated text, whose author may
 *  have given it any name. */
function toPath(file: string): string | null {
  if (!file.startsWith('file:')) return isAbsolute(file) ? file : null;
  try {
    return fileURLToPath(file);
  } catch {
    return null;
  }
}

function originOf(path: string, agentDirectory: string): FrameOrigin {
  if (path.startsWith(agentDirectory + sep)) return 'agent';
  return path.includes(`${sep}node_modules${sep}`) ? 'dependency' : 'service';
}

function showPath(path: string, workingDirectory: string): string {
  const inside = relative(workingDirectory, path);
  return inside.startsWith('..') || isAbsolute(inside) ? path : inside.split(sep).join('/');
}

function findOriginal(
  frame: Frame,
  file: FileMap | null,
): { path: string; line: number; column: number } | null {
  // The map counts from 0, stacks count from 1.
  const entry = file?.map.findEntry(frame.line - 1, frame.column - 1);
  if (!file || !entry || !('originalSource' in entry)) return null;
  // Maps in the wild have sources without a name, which Node's types do not say.
  const source: string | null | undefined = entry.originalSource;
  if (typeof source !== 'string') return null;
  const path = file.pathOf(source);
  if (path === null) return null;
  return { path, line: entry.originalLine + 1, column: entry.originalColumn + 1 };
}

function readMap(path: string, workingDirectory: string): FileMap | null {
  try {
    if (statSync(path).size > largestFileBytes) return null;
    // The last one counts: text before it may hold the code of other files, comments included.
    const reference = [...readFileSync(path, 'utf8').matchAll(mapComments)].at(-1)?.[1];
    return reference === undefined ? null : loadMap(path, reference, workingDirectory);
  } catch {
    // A frame without its map still names the line that ran.
    return null;
  }
}

function loadMap(path: string, reference: string, workingDirectory: string): FileMap {
  const inline = dataUrl.exec(reference);
  const mapPath = inline === null ? resolve(dirname(path), decodeURIComponent(reference)) : path;
  const text = inline === null ? readFileSync(mapPath, 'utf8') : decodeInline(inline);
  const payload = JSON.parse(text) as SourceMapPayload;
  return {
    map: new SourceMap(payload),
    pathOf: (source) => sourcePath(source, payload.sourceRoot ?? '', dirname(mapPath), workingDirectory),
  };
}

const decodeInline = ([, base64, data = '']: RegExpExecArray): string =>
  base64 === undefined ? decodeURIComponent(data) : Buffer.from(data, 'base64').toString('utf8');
