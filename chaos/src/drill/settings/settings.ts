import type { Json } from '../experiment.js';

/** A value that an experiment reads from its environment. */
export interface EnvironmentValue {
  readonly kind: 'env';
  readonly key: string;
  /** Undefined where the variable is needed. */
  readonly fallback: Json | undefined;
  readonly as: 'str' | 'int' | 'float' | 'bool' | 'json';
}

/** A value that is written in the document. */
export interface LiteralValue {
  readonly kind: 'literal';
  readonly value: Json;
}

/** One setting as the document gives it. */
export type Setting = EnvironmentValue | LiteralValue;

/** `configuration` and `secrets` of an experiment, not yet resolved. */
export interface Settings {
  readonly configuration: Readonly<Record<string, Setting>>;
  /** By group, then by name. */
  readonly secrets: Readonly<Record<string, Readonly<Record<string, Setting>>>>;
}
