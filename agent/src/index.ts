export { type Agent, startAgent } from './agent.js';
export type { AgentConfig, AgentOptions, LogLevel } from './config.js';
export { defaultDirectory } from './default-directory.js';
export { FaultlineError } from './errors.js';
export type {
  CodeCulprit,
  Culprit,
  EndedProcess,
  EvidenceItem,
  ExitCause,
  Incident,
  IncidentList,
  RequestContext,
  RuledOut,
} from './protocol/incident.js';
export type { PoolKind } from './protocol/pool.js';
export type { PoolAdapter, PoolAsk, PoolCounts, PoolRecorder } from './sensors/pools/adapter.js';
export type { SupportedPool } from './sensors/pools/registry.js';
