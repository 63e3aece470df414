import { readFileSync } from 'node:fs';
import type { Reading } from '../protocol/reading.js';
import { createDescriptorReader, type Descriptors } from './descriptors.js';
import type { Sensor } from './sensor.js';

/** What belongs to the whole process and can be read from any thread: CPU, memory, file descriptors.
 *  The sidecar reads it, at each scrape, so it costs the main thread nothing.
 *  Source: process.cpuUsage() and, on Linux, /proc/self. What cannot be read is left out. */
export function startProcessSensor(
  startedAtMs: number,
  readDescriptors: () => Descriptors | null = createDescriptorReader(),
): Sensor<Reading[]> {
  const [major = '', minor = '', patch = ''] = process.versions.node.split('.');
  return {
    read() {
      const { user, system } = process.cpuUsage();
      const descriptors = readDescriptors();
      return [
        { metric: 'processCpuUser', labels: [], value: user / 1e6 },
        { metric: 'processCpuSystem', labels: [], value: system / 1e6 },
        { metric: 'processCpu', labels: [], value: (user + system) / 1e6 },
        { metric: 'processStartTime', labels: [], value: Math.round(startedAtMs / 1_000) },
        { metric: 'versionInfo', labels: [process.version, major, minor, patch], value: 1 },
        ...(attempt(readMemory) ?? readResidentMemory()),
        ...optional('processOpenFds', descriptors?.open ?? null),
        ...optional('processMaxFds', descriptors?.limit ?? null),
      ];
    },
    close() {},
  };
}

/** Total, resident and data size in KiB; see proc(5), status. The numbers of statm are pages, and JavaScript cannot
 *  know how large a page is: 4 KiB mostly, 16 or 64 KiB on some ARM and POWER machines. */
function readMemory(): Reading[] {
  const memory = parseMemory(readFileSync('/proc/self/status', 'latin1'));
  return [
    ...optional('processVirtualMemory', memory.virtualBytes),
    ...optional('processResidentMemory', memory.residentBytes ?? attempt(() => process.memoryUsage.rss())),
    ...optional('processHeap', memory.dataBytes),
  ];
}

/** Sizes in bytes from the text of /proc/self/status; null for what it does not hold. */
export function parseMemory(
  text: string,
): Record<'virtualBytes' | 'residentBytes' | 'dataBytes', number | null> {
  const bytes = (name: string): number | null => {
    const kibibytes = new RegExp(`^${name}:\\s*(\\d+) kB$`, 'm').exec(text)?.[1];
    return kibibytes === undefined ? null : Number(kibibytes) * 1_024;
  };
  return { virtualBytes: bytes('VmSize'), residentBytes: bytes('VmRSS'), dataBytes: bytes('VmData') };
}

const readResidentMemory = (): Reading[] =>
  optional(
    'processResidentMemory',
    attempt(() => process.memoryUsage.rss()),
  );

const optional = (
  metric:
    | 'processOpenFds'
    | 'processMaxFds'
    | 'processResidentMemory'
    | 'processVirtualMemory'
    | 'processHeap',
  value: number | null,
): Reading[] => (value === null ? [] : [{ metric, labels: [], value }]);

function attempt<Value>(read: () => Value): Value | null {
  try {
    return read();
  } catch {
    return null;
  }
}
