import type { Json } from './experiment.js';

/** Keeps secrets out of everything that is written down. */
export interface Redactor {
  /** From now on this text is hidden. Very short ones are left: they would hide half of every report. */
  add(secret: string | null): void;
  text(text: string): string;
  json(value: Json): Json;
}

/** Shortest secret that is hidden. Unit: characters. */
const shortest = 4;

/** Starts without secrets. */
export function createRedactor(): Redactor {
  const secrets = new Set<string>();
  const text = (given: string) =>
    [...secrets].reduce((redacted, secret) => redacted.replaceAll(secret, '[redacted]'), given);
  function json(value: Json): Json {
    if (typeof value === 'string') return text(value);
    if (Array.isArray(value)) return value.map(json);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, json(item)]));
  }
  return {
    add(secret) {
      if (secret !== null && secret.length >= shortest) secrets.add(secret);
    },
    text,
    json,
  };
}
