import { readlinkSync } from 'node:fs';
import { basename } from 'node:path';
import { isMainThread, threadId } from 'node:worker_threads';
import type { WatchedThread } from '../protocol/thread.js';

/** Describes the thread that calls. */
export function describeThread(): WatchedThread {
  return {
    id: threadId,
    kernelId: readKernelId(),
    startedAtMs: isMainThread ? Date.now() - process.uptime() * 1_000 : Date.now(),
  };
}

/** Node.js does not tell it, the kernel does: `/proc/thread-self` links to `<pid>/task/<tid>`. */
function readKernelId(): number | null {
  try {
    return Number(basename(readlinkSync('/proc/thread-self')));
  } catch {
    return isMainThread ? process.pid : null;
  }
}

/** Why no stack of this thread may be taken; null when it may.
 *
 *  Under the permission model Node aborts the process when a worker connects to an inspector that is not allowed, and
 *  only the main thread knows of the permissions. A worker's stack can be had through the main thread's inspector, but
 *  when the worker ends at that moment, Node may abort the process: measured, see ADR 12. */
export function mayNotInspect(): string | null {
  if (!isMainThread) return "this is a worker thread, and Node.js has no safe way to a worker's stack";
  const { permission } = process as { permission?: { has(scope: string): boolean } };
  if (permission?.has('inspector') !== false) return null;
  return 'Node.js was started with --permission and without --allow-inspector';
}
