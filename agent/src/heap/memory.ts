import { freemem } from 'node:os';
import { FaultlineError } from '../errors.js';
import { dominatorBytes } from './dominators.js';
import { graphBytes } from './graph.js';
import type { Header } from './header.js';

/** Memory that reading a snapshot and finding its dominators takes, known from its first lines. Unit: bytes. */
export const analysisBytes = (header: Header): number => graphBytes(header) + dominatorBytes(header);

/** Throws ERR_FAULTLINE_MEMORY with the numbers when that is more than this machine or container has left. */
export function checkMemory(path: string, header: Header): void {
  const need = analysisBytes(header);
  const constrained = process.constrainedMemory?.() ?? 0;
  // Without a limit, Node answers 0 or more than there is.
  const container = constrained > 0 ? constrained - process.memoryUsage.rss() : Number.POSITIVE_INFINITY;
  const free = Math.min(freemem(), container);
  if (need <= free) return;
  throw new FaultlineError(
    'ERR_FAULTLINE_MEMORY',
    `${path} has ${header.nodeCount} objects and ${header.edgeCount} references; to read it takes ` +
      `${mb(need)} of memory, and ${mb(free)} are free. Copy the files to a machine that has more.`,
  );
}

const mb = (bytes: number): string => `${Math.ceil(bytes / 1_048_576)} MB`;
