import type { HeapFloor } from '../../src/protocol/snapshot.js';

/** Memory of a real process over some minutes, read once a second. */
export interface Recording {
  readonly conditions: RecordingConditions;
  readonly moments: readonly RecordedMoment[];
}

/** What was recorded, and under which limits. Unit: bytes. */
export interface RecordingConditions {
  readonly program: string;
  readonly node: string;
  /** Unit: MB/s. */
  readonly rateMb: number;
  readonly limitBytes: number;
  readonly youngReserveBytes: number;
  readonly containerBytes: number | null;
}

/** One reading. Bytes are exact to a kilobyte. */
export interface RecordedMoment {
  /** Since the start of the process. Unit: ms. */
  readonly atMs: number;
  /** Time in collections since the last moment. Unit: ms. */
  readonly collectedMs: number;
  /** Time that the main thread waited for a CPU since then. Unit: ms. */
  readonly waitedMs: number;
  readonly totalBytes: number;
  readonly oldBytes: number;
  readonly youngBytes: number;
  readonly externalBytes: number;
  readonly arrayBuffersBytes: number;
  readonly residentBytes: number;
  readonly floors: readonly HeapFloor[];
}

const columns = [
  'atMs',
  'collectedMs',
  'waitedMs',
  'totalBytes',
  'oldBytes',
  'youngBytes',
  'externalBytes',
  'arrayBuffersBytes',
  'residentBytes',
] as const;
const isBytes = (column: string): boolean => column.endsWith('Bytes');
const kilobytes = (bytes: number): number => Math.round(bytes / 1_000);

/** The first line holds the conditions as JSON, each line after it one moment: numbers in kB and ms, then the floors. */
export function formatMoment(moment: RecordedMoment): string {
  const numbers = columns.map((column) =>
    isBytes(column) ? kilobytes(moment[column]) : Math.round(moment[column]),
  );
  const floors = moment.floors.map(
    ({ atMs, bytes, externalBytes }) => `${Math.round(atMs)}:${kilobytes(bytes)}:${kilobytes(externalBytes)}`,
  );
  return [...numbers, ...floors].join(' ');
}

/** @throws SyntaxError for a text whose first line is no JSON. */
export function parseRecording(text: string): Recording {
  const [head = '', ...lines] = text.trimEnd().split('\n');
  return { conditions: JSON.parse(head) as RecordingConditions, moments: lines.map(parseMoment) };
}

function parseMoment(line: string): RecordedMoment {
  const words = line.split(' ');
  const numbers = Object.fromEntries(
    columns.map((column, index) => [column, Number(words[index]) * (isBytes(column) ? 1_000 : 1)]),
  );
  const floors = words.slice(columns.length).map((word): HeapFloor => {
    const [atMs, heap, external] = word.split(':').map(Number);
    return { atMs: atMs!, bytes: heap! * 1_000, externalBytes: external! * 1_000 };
  });
  return { ...(numbers as unknown as Omit<RecordedMoment, 'floors'>), floors };
}
