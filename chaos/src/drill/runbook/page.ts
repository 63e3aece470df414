/** Sections that a page must have, in this order. */
export const requiredSections = [
  'Meaning',
  'Impact',
  'Is it really this?',
  'Confirm',
  'Mitigate',
  'Verify recovered',
  'Fix for good',
  'Deep dive',
  'Escalate',
  'Why these thresholds',
  'Rehearse',
] as const;

/** One fenced block of a page. */
export interface Fence {
  /** First word of the info string, such as `sh`. */
  readonly language: string;
  /** The other words of the info string that are no attributes, such as `expected`. */
  readonly words: readonly string[];
  /** `name="value"` pairs of the info string. */
  readonly attributes: ReadonlyMap<string, string>;
  readonly content: string;
  /** Line of the opening fence, one-based. */
  readonly line: number;
  /** Heading above it; empty before the first one. */
  readonly section: string;
}

/** Something on a page that the drill executes. */
export interface Step {
  readonly name: string;
  readonly language: 'sh' | 'promql';
  readonly script: string;
  /** Lines that must appear in the output, in this order. */
  readonly expected: readonly string[];
  readonly section: string;
  /** True when the step must not pass on a healthy service. */
  readonly differs: boolean;
  /** Unit: s. The step is tried again for that long; 0 means once. */
  readonly within: number;
  /** Name of the mitigation that this step takes back; null when it takes nothing back. */
  readonly undoes: string | null;
  readonly line: number;
}

/** A heading of the second level. */
export interface Heading {
  readonly title: string;
  readonly line: number;
}

/** A link of a page. */
export interface Link {
  readonly target: string;
  readonly line: number;
}

/** Front matter of a page. */
export interface PageHead {
  readonly incident: string;
  readonly alerts: readonly string[];
  readonly severity: string;
  readonly drills: readonly string[];
}

/** A runbook page that can be executed. */
export interface Page {
  /** Path as it is shown in messages. */
  readonly file: string;
  readonly head: PageHead;
  readonly headings: readonly Heading[];
  readonly steps: readonly Step[];
  readonly fences: readonly Fence[];
  readonly links: readonly Link[];
}
