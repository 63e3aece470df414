/** Place of a function as the inspector tells it: counted from 0, where the function begins. */
export interface CallFrame {
  readonly functionName: string;
  readonly scriptId: string;
  readonly url: string;
  readonly lineNumber: number;
  readonly columnNumber: number;
}

/** What one function, called along one path, has allocated. */
export interface HeapProfileNode {
  readonly callFrame: CallFrame;
  /** Estimated from the samples. Unit: bytes. */
  readonly selfSize: number;
  readonly id: number;
  readonly children: readonly HeapProfileNode[];
}

/** A sampling heap profile; Chrome DevTools opens it as `.heapprofile`. Source: CDP, HeapProfiler.SamplingHeapProfile. */
export interface HeapProfile {
  readonly head: HeapProfileNode;
  readonly samples: readonly { readonly size: number; readonly nodeId: number; readonly ordinal: number }[];
}

/** So long the main thread counts everything that is allocated when it is asked to; then it counts what lives again,
 *  because V8 keeps a record of each sample meanwhile. Unit: ms. */
export const countAllMs = 6_000;
