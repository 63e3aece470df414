import type { Finding } from '../protocol/finding.js';
import { threadName } from '../protocol/thread.js';

/** Detectors speak of the main thread. Where another one is watched, what they say is said of that one. */
export function createThreadWording(threadId: number): (finding: Finding) => Finding {
  const name = threadName(threadId);
  const reword = (text: string): string =>
    text.replace(/\b(?:the )?main thread\b/gi, (match) => (/^[A-Z]/.test(match) ? capitalize(name) : name));
  if (threadId === 0) return (finding) => finding;
  return (finding) => ({
    ...finding,
    title: reword(finding.title),
    ruledOut: finding.ruledOut.map(({ kind, because }) => ({ kind, because: reword(because) })),
  });
}

const capitalize = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
