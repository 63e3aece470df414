import type { Finding } from '../../src/protocol/finding.js';
import type { HeapProfile } from '../../src/protocol/heap-profile.js';
import type { Incident } from '../../src/protocol/incident.js';
import { createMemory, type MemoryWorld } from '../../src/sidecar/memory.js';
import { aHeapSpace, aSnapshot } from './make.js';

export const mb = 1e6;
const limitMb = 2_000;
const collectionEveryS = 5;

/** What was said, and when. */
export interface Found {
  readonly atS: number;
  readonly finding: Finding;
}

/** A process whose heap keeps `keptMb` at each second, collected every few seconds, with a sawtooth of garbage above.
 *  The collections differ by some megabytes. */
export function live(
  keptMb: (atS: number) => number,
  seconds: number,
  world: Partial<MemoryWorld> = {},
  quietUntilS = 0,
  gcMs = (_atS: number) => 12,
  waitedRatio: number | null = null,
) {
  let atS = 0;
  const found: Found[] = [];
  const kept: string[][] = [];
  const memory = createMemory(
    {
      now: () => atS * 1_000,
      read: async () => null,
      readingCollects: true,
      readMarked: async () => null,
      askForCollection: () => false,
      locate: (frame) => ({ ...frame, origin: 'service' }),
      containerLimit: () => null,
      resident: () => null,
      residentOfProcess: () => null,
      room: () => 8_000 * mb,
      youngReserveBytes: 0,
      report(finding) {
        found.push({ atS, finding });
        return { id: 'one' } as Incident;
      },
      countAll: () => {},
      schedule: () => {},
      keep: (_incident, files) => kept.push(files.map(({ name }) => name)),
      ...world,
    },
    quietUntilS * 1_000,
  );
  const second = (): void => {
    atS += 1;
    const noise = ((atS * 7_919) % 5) - 2;
    const floorBytes = (keptMb(atS) + noise) * mb;
    const isCollected = atS % collectionEveryS === 0;
    const oldBytes = floorBytes + (atS % collectionEveryS) * 8 * mb;
    const floor = { atMs: atS * 1_000, bytes: floorBytes, externalBytes: 2 * mb };
    memory.judge(
      aSnapshot({
        monotonicMs: atS * 1_000,
        gc: { byKind: {}, pauses: [], floors: isCollected ? [floor] : [], windowMs: gcMs(atS) },
        heap: {
          totalBytes: oldBytes + 20 * mb,
          usedBytes: oldBytes + 10 * mb,
          limitBytes: limitMb * mb,
          externalBytes: 2 * mb,
          arrayBuffersBytes: mb,
          spaces: [aHeapSpace('old_space', oldBytes), aHeapSpace('new_space', 10 * mb)],
        },
      }),
      waitedRatio,
    );
  };
  const pass = async (forS: number): Promise<void> => {
    for (let count = 0; count < forS; count += 1) {
      second();
      // Whatever was answered meanwhile has been taken note of.
      await new Promise<void>((resolve) => process.nextTick(resolve));
    }
  };
  return { memory, found, kept, pass, run: () => pass(seconds) };
}

/** Rises by so much between two moments. */
export const ramp = (fromS: number, toS: number, risesMb: number) => (atS: number) =>
  Math.min(1, Math.max(0, (atS - fromS) / (toS - fromS))) * risesMb;

/** A profile in which `keep` has allocated so much. */
export const profileOf = (bytes: number): HeapProfile => {
  const frame = (functionName: string, url: string, lineNumber: number) => ({
    functionName,
    scriptId: '1',
    url,
    lineNumber,
    columnNumber: 4,
  });
  const leaf = { callFrame: frame('keep', 'file:///app/cache.js', 9), selfSize: bytes, id: 2, children: [] };
  const head = { callFrame: frame('(root)', '', -1), selfSize: 0, id: 1, children: [leaf] };
  return { head, samples: [{ size: bytes, nodeId: 2, ordinal: 1 }] };
};
