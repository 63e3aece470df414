import type { Settings } from './settings/settings.js';

/** Any value that YAML or JSON can hold. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** Calls a URL. For GET and HEAD the arguments become the query, otherwise the JSON body. */
export interface HttpProvider {
  readonly type: 'http';
  readonly url: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly arguments: Json;
  /** Unit: s. */
  readonly timeout: number;
  readonly verify_tls: boolean;
}

/** Runs a program, without a shell. */
export interface ProcessProvider {
  readonly type: 'process';
  readonly path: string;
  readonly arguments: readonly string[];
  /** Unit: s. */
  readonly timeout: number;
}

/** What an activity does. */
export type Provider = HttpProvider | ProcessProvider;

/** What a probe's output must be. A number is compared with the status of an answer or the exit code. */
export type Tolerance =
  | boolean
  | number
  | string
  | readonly (boolean | number | string)[]
  | { readonly type: 'regex'; readonly pattern: string; readonly target?: string }
  | {
      readonly type: 'jsonpath';
      readonly path: string;
      readonly expect?: Json;
      readonly count?: number;
      readonly target?: string;
    }
  | { readonly type: 'range'; readonly range: readonly [min: number, max: number]; readonly target?: string }
  | { readonly type: 'probe'; readonly name: string; readonly provider: Provider };

/** A probe looks, an action changes something. */
export interface Activity {
  readonly type: 'probe' | 'action';
  readonly name: string;
  readonly provider: Provider;
  /** Only probes have one, and those of the steady state always. */
  readonly tolerance: Tolerance | null;
  readonly background: boolean;
  /** Unit: s. */
  readonly pauses: { readonly before: number; readonly after: number };
  /** Groups of secrets that it may use. */
  readonly secrets: readonly string[];
}

/** What holds when all is well. */
export interface Hypothesis {
  readonly title: string;
  readonly probes: readonly Activity[];
}

/** What the drill's incident must blame. Every member that is given must agree. */
export interface ExpectedCulprit {
  readonly type: string;
  /** Glob over the file's path: `*` within a folder, `**` across folders. */
  readonly file: string | null;
  /** One of these names. */
  readonly function: readonly string[];
  /** First and last line that may be blamed, one-based. */
  readonly lines: readonly [number, number] | null;
  /** Regular expression that the blamed line's source text must match. */
  readonly source: string | null;
}

/** What a drill expects of the diagnosis. */
export interface Expectation {
  readonly incident: string;
  readonly cause: string | null;
  readonly culprit: ExpectedCulprit | null;
  /** Route of the request that is blamed, such as `GET /products/:id`. */
  readonly request: string | null;
  /** Unit: s. How long the incident may take from the moment that the fault took hold. */
  readonly withinSeconds: number;
  /** Unit: ms. Most time between the harm and the opening of its incident; null means unchecked. */
  readonly detectionMs: number | null;
  readonly alert: string | null;
  /** Unit: s. How long the alert may take, and how long it may take to go again after the mitigation. */
  readonly alertWithinSeconds: number;
}

/** Load that the demo puts on itself. */
export interface DrillLoad {
  /** Requests a second. */
  readonly rate: number;
  /** Unit: s. Pause between two calls of the full export. */
  readonly exportEvery: number;
  /** Readers of the export with a slow line. */
  readonly slowReaders: number;
}

/** Faultline's own part of an experiment. */
export interface DrillPart {
  /** Null in a control, where nothing is broken and nothing may fire. */
  readonly fault: string | null;
  readonly parameters: Readonly<Record<string, number>>;
  /** Unit: s. */
  readonly ttl: number;
  readonly expect: Expectation | null;
  /** Incident kinds and alerts that belong to the expected one, as its reason or its consequence: they may be there. */
  readonly besides: readonly string[];
  /** Incident kinds and alerts that look alike and must stay quiet; anything unexpected fails a drill anyway. */
  readonly mustNotFire: readonly string[];
  /** Path of the page below the repository root. */
  readonly runbook: string | null;
  readonly load: DrillLoad;
  /** Parts of the demo that stand behind the TCP proxy, for faults of the network. */
  readonly behindProxy: readonly 'pricing'[];
  /** Size of the service's heap, so that it can be filled. Unit: MB; null leaves it to Node. */
  readonly heapMb: number | null;
  /** What the service may use of memory in all, as a container's limit. Unit: MB; null leaves it free. */
  readonly containerMb: number | null;
  /** How many files and sockets the service may have open; null leaves it to the system. */
  readonly descriptors: number | null;
  /** Unit: s. How long a drill without a fault is watched. */
  readonly watchSeconds: number;
  /** Probes outside the blast radius; one that keeps failing ends the drill. */
  readonly stopConditions: readonly Activity[];
}

/** A drill file: an experiment in Chaos Toolkit's format, with our part. */
export interface Experiment {
  /** Name of the file without its ending. */
  readonly id: string;
  readonly file: string;
  readonly title: string;
  readonly description: string;
  readonly settings: Settings;
  readonly hypothesis: Hypothesis | null;
  readonly method: readonly Activity[];
  readonly rollbacks: readonly Activity[];
  readonly drill: DrillPart;
  /** The document as it was read, for the journal. */
  readonly document: Json;
}
