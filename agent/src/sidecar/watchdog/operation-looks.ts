import type { Stall } from '../../protocol/stall.js';

/** How long each synchronous call was seen during one stall. */
export interface OperationLooks {
  /** The call that runs now, or null: it stands for the time since the look before. */
  see(operation: string | null, nowMs: number): void;
  /** The call that was seen longest. */
  read(): Pick<Stall, 'operation' | 'operationRatio'>;
}

/** Each stall is looked at some hundred times at the most, and the table of calls is finite: so is this. */
export function createOperationLooks(startedMs: number): OperationLooks {
  const seenMs = new Map<string, number>();
  let previousMs = startedMs;
  let totalMs = 0;
  return {
    see(operation, nowMs) {
      const passedMs = Math.max(0, nowMs - previousMs);
      previousMs = nowMs;
      totalMs += passedMs;
      if (operation !== null) seenMs.set(operation, (seenMs.get(operation) ?? 0) + passedMs);
    },
    read() {
      const [longest] = [...seenMs].sort(([, a], [, b]) => b - a);
      if (longest === undefined || totalMs === 0) return { operation: null, operationRatio: 0 };
      return { operation: longest[0], operationRatio: longest[1] / totalMs };
    },
  };
}
