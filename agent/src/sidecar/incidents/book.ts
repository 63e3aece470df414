import { type IncidentKind, incidentCatalog } from '../../catalog/incidents.js';
import type { Finding } from '../../protocol/finding.js';
import type { EvidenceItem, Incident } from '../../protocol/incident.js';

const incidentsKept = 200;

/** What became of an incident. */
export type IncidentEvent = 'opened' | 'escalated' | 'updated' | 'resolved';

export interface IncidentBookOptions {
  /** Unit: ms since the epoch. */
  readonly now: () => number;
  readonly newId: () => string;
  /** Prefix of runbook links; ends with a slash. */
  readonly runbookUrl: string;
  readonly onEvent: (event: IncidentEvent, incident: Incident, key: string) => void;
}

/** Opens, merges and resolves incidents, and keeps the newest of them. */
export interface IncidentBook {
  report(finding: Finding): Incident;
  /** Resolves what has had no finding for as long as its kind wants. Call it about once a second. */
  tick(): void;
  attach(id: string, evidence: EvidenceItem): void;
  /** Puts an incident that is over beside the others, such as one of a former process. It is no event and not counted. */
  adopt(incident: Incident): void;
  get(id: string): Incident | null;
  /** Open incidents first, then the newest first. */
  list(): Incident[];
  /** How many incidents were opened since the start, by kind and cause. */
  opened(): readonly { readonly kind: IncidentKind; readonly cause: string; readonly count: number }[];
}

interface Entry {
  key: string;
  incident: Incident;
  touchedAt: number;
}

export function createIncidentBook(options: IncidentBookOptions): IncidentBook {
  const { now, newId, runbookUrl, onEvent } = options;
  const entries = new Map<string, Entry>();
  const counts = startCounts();

  const findOpen = (kind: IncidentKind, key: string | undefined): Entry | undefined =>
    [...entries.values()].find(
      (entry) => entry.key === key && entry.incident.kind === kind && entry.incident.status === 'open',
    );

  const open = (finding: Finding): Incident => {
    const at = new Date(now()).toISOString();
    const incident: Incident = {
      id: newId(),
      kind: finding.kind,
      status: 'open',
      ...lifeOf(finding, at),
      ...verdictOf(finding),
      evidence: [],
      runbook: runbookUrl + incidentCatalog[finding.kind].runbook,
    };
    entries.set(incident.id, { key: finding.key, incident, touchedAt: now() });
    drop(entries);
    const tally = counts.get(`${finding.kind}/${finding.cause}`);
    if (tally !== undefined) tally.count += 1;
    onEvent('opened', incident, finding.key);
    return incident;
  };

  const update = (entry: Entry, finding: Finding): Incident => {
    const escalated = finding.severity === 'critical' && entry.incident.severity === 'warning';
    // An incident that was critical stays so until it is over.
    const severity = entry.incident.severity === 'critical' ? 'critical' : finding.severity;
    const updatedAt = new Date(now()).toISOString();
    entry.incident = { ...entry.incident, ...verdictOf(finding), severity, updatedAt };
    entry.touchedAt = now();
    onEvent(escalated ? 'escalated' : 'updated', entry.incident, entry.key);
    return entry.incident;
  };

  const resolve = (entry: Entry): void => {
    const at = new Date(now()).toISOString();
    entry.incident = { ...entry.incident, status: 'resolved', resolvedAt: at, updatedAt: at };
    onEvent('resolved', entry.incident, entry.key);
  };

  return {
    report(finding) {
      const entry = findOpen(finding.kind, finding.key);
      const former = findOpen(finding.kind, finding.formerKey);
      if (former !== undefined && entry === undefined) former.key = finding.key;
      else if (former !== undefined) resolve(former);
      const current = entry ?? former;
      return current === undefined ? open(finding) : update(current, finding);
    },
    tick() {
      for (const entry of entries.values()) {
        const { status, kind } = entry.incident;
        const quietMs = now() - entry.touchedAt;
        if (status === 'open' && quietMs >= incidentCatalog[kind].resolveAfterMs) resolve(entry);
      }
    },
    attach(id, evidence) {
      const entry = entries.get(id);
      if (entry === undefined) return;
      const others = entry.incident.evidence.filter(({ name }) => name !== evidence.name);
      entry.incident = { ...entry.incident, evidence: [...others, evidence] };
    },
    adopt(incident) {
      entries.set(incident.id, { key: incident.id, incident, touchedAt: now() });
      drop(entries);
    },
    get: (id) => entries.get(id)?.incident ?? null,
    list: () => [...entries.values()].map(({ incident }) => incident).sort(openThenNewest),
    opened: () => [...counts.values()],
  };
}

/** These come first where people read the JSON. */
const lifeOf = ({ severity }: Finding, at: string) => ({
  severity,
  openedAt: at,
  updatedAt: at,
  resolvedAt: null,
});

const verdictOf = ({ key: _key, formerKey: _formerKey, kind: _kind, ...verdict }: Finding) => verdict;

/** A counter that appears with its first incident has no increase that a rate could see. */
function startCounts(): Map<string, { kind: IncidentKind; cause: string; count: number }> {
  return new Map(
    Object.values(incidentCatalog).flatMap(({ kind, causes }) =>
      causes.map((cause) => [`${kind}/${cause}`, { kind, cause, count: 0 }]),
    ),
  );
}

const openThenNewest = (a: Incident, b: Incident): number =>
  a.status === b.status ? b.openedAt.localeCompare(a.openedAt) : a.status === 'open' ? -1 : 1;

/** The oldest resolved incident goes first; an open one goes only when nothing else is left. */
function drop(entries: Map<string, Entry>): void {
  if (entries.size <= incidentsKept) return;
  const resolved = [...entries].find(([, { incident }]) => incident.status === 'resolved');
  const [id] = resolved ?? [entries.keys().next().value!];
  entries.delete(id as string);
}
