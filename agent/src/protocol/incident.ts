import type { IncidentKind } from '../catalog/incidents.js';
import type { Severity } from '../catalog/types.js';
import type { DatabaseView } from './database-sessions.js';
import type { PoolHolder } from './pool.js';

/** One of the lines that a busy loop was at, with its share of the samples, 0..1. */
export interface CulpritLine {
  readonly function: string;
  readonly file: string;
  /** One-based, in the original source. */
  readonly line: number;
  readonly share: number;
}

/** A line of code, with how sure we are of it. `file` is relative to the working directory where it lies under it. */
export interface CodeCulprit {
  readonly type: 'code';
  readonly function: string;
  readonly file: string;
  /** One-based, in the original source. */
  readonly line: number;
  /** One-based, in the original source. */
  readonly column: number;
  /** Share of the samples that had this line on top of the service's own code, 0..1. */
  readonly share: number;
  readonly samples: number;
  /** Innermost first, one text a frame: `function (file:line:column)`, async callers with `async ` in front. */
  readonly stack: readonly string[];
  /** The lines with the largest shares, largest first; missing where one block is blamed on one line. */
  readonly lines?: readonly CulpritLine[];
}

/** A pool of connections, and who holds them. The line is the one whose connections were held longest altogether:
 *  `share` is its part of those whose taker is known, and `samples` is how many these were. */
export interface PoolCulprit extends Omit<CodeCulprit, 'type'> {
  readonly type: 'pool';
  readonly name: string;
  /** Library that makes it, such as `pg`. */
  readonly library: string;
  /** Longest first; the first few of them. */
  readonly holders: readonly PoolHolder[];
}

/** Whatever an incident blames. */
export type Culprit = CodeCulprit | PoolCulprit;

/** The request that the main thread was serving when it was looked at. Null ids mean that nobody traces it. */
export interface RequestContext {
  /** Method and route pattern, such as `GET /products/:id`; never a raw path. */
  readonly route: string;
  readonly traceId: string | null;
  readonly spanId: string | null;
}

/** A look-alike that was considered, and the number that speaks against it. */
export interface RuledOut {
  readonly kind: string;
  readonly because: string;
}

/** A file kept with an incident, served at /incidents/:id/evidence/:name. */
export interface EvidenceItem {
  readonly name: string;
  readonly type: string;
  readonly bytes: number;
}

/** What is said of an incident, whatever becomes of it. */
export interface Verdict {
  readonly kind: IncidentKind;
  readonly severity: Severity;
  readonly title: string;
  readonly cause: string;
  /** The synchronous call that blocks, such as `crypto.pbkdf2Sync`, known while it still runs; missing where there
   *  is none. Of a saturated thread pool: the kind of call most of which wait for their results. */
  readonly operation?: string;
  /** The dependency that is to blame: `host:port`, with `/database` behind it for a database; missing where none is. */
  readonly target?: string;
  /** What piles up, as Node names it, such as `Timeout`; missing where nothing does. */
  readonly resource?: string;
  /** What the database itself says of an exhausted pool's connections; missing where it was not asked. */
  readonly database?: DatabaseView;
  /** 0..1; `measurements` holds the samples and shares that it was made from. */
  readonly confidence: number;
  readonly culprit: Culprit | null;
  readonly request: RequestContext | null;
  readonly measurements: Readonly<Record<string, number>>;
  readonly ruledOut: readonly RuledOut[];
}

/** What ended a process that left without a word, as far as numbers tell:
 *  - `heap-limit`: its heap was at V8's limit when it was last seen.
 *  - `container-kill`: the kernel killed for memory in its container, or the container was full.
 *  - `unknown`: none of these is known. */
export type ExitCause = 'heap-limit' | 'container-kill' | 'unknown';

/** The former process that an incident belongs to. Times are ISO 8601 in UTC. */
export interface EndedProcess {
  readonly pid: number;
  readonly startedAt: string;
  /** The newest sign of life; it ended after that. */
  readonly lastSeenAt: string;
  readonly exitCause: ExitCause;
  /** The numbers that the cause was told from, or what speaks against each known one. */
  readonly because: string;
  /** Kinds of further incidents that were open. */
  readonly alsoOpen: readonly IncidentKind[];
}

/** An incident as HTTP, log lines and drills see it. Times are ISO 8601 in UTC. */
export interface Incident extends Verdict {
  readonly id: string;
  readonly status: 'open' | 'resolved';
  readonly openedAt: string;
  readonly updatedAt: string;
  readonly resolvedAt: string | null;
  readonly occurrences: number;
  readonly evidence: readonly EvidenceItem[];
  readonly runbook: string;
  /** Of an incident that was open when a former process of this service ended; missing for one of this process. */
  readonly endedProcess?: EndedProcess;
}

/** Body of GET /incidents. Open incidents first, then the newest first. */
export interface IncidentList {
  readonly incidents: readonly Incident[];
}
