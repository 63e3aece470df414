import { getHeapStatistics } from 'node:v8';
import { isMainThread, resourceLimits } from 'node:worker_threads';

const mebibyte = 1_048_576;
/** V8 counts three semi-spaces into its limit. */
const semiSpaces = 3;

/** What young spaces take of the heap limit that V8 tells: objects that live on can never have this part, so a heap is
 *  full that much earlier. On Node 24 it is 192 MB, half of the limit that a heap of 200 MB tells. Unit: bytes. */
export function readYoungReserve(): number {
  const limitBytes = getHeapStatistics().heap_size_limit;
  if (!isMainThread) return (resourceLimits.maxYoungGenerationSizeMb ?? 0) * mebibyte;
  const flags = [...process.execArgv, ...(process.env.NODE_OPTIONS ?? '').split(/\s+/)];
  return youngReserve(flags, Number.parseInt(process.versions.node, 10), limitBytes);
}

/** The same from flags of Node, its major version and the limit. The sizes by version were read off Node 20 to 26;
 *  flags that are set later by v8.setFlagsFromString() are not seen. */
export function youngReserve(flags: readonly string[], major: number, limitBytes: number): number {
  const oldBytes = readFlag(flags, 'max-old-space-size');
  if (oldBytes !== null) return Math.max(0, limitBytes - oldBytes);
  const semiBytes = readFlag(flags, 'max-semi-space-size') ?? defaultSemiSpace(major);
  return Math.min(semiBytes * semiSpaces, limitBytes / 2);
}

function defaultSemiSpace(major: number): number {
  if (major < 24) return 16 * mebibyte;
  return (major < 26 ? 64 : 32) * mebibyte;
}

/** The last one counts, as it does for Node; dashes and underscores mean the same. Null without a number. */
function readFlag(flags: readonly string[], name: string): number | null {
  const given = flags
    .map((flag) => flag.replaceAll('_', '-'))
    .findLast((flag) => flag.startsWith(`--${name}=`));
  const megabytes = Number(given?.slice(name.length + 3));
  return Number.isFinite(megabytes) && megabytes > 0 ? megabytes * mebibyte : null;
}
