import type { LoadState } from './target.js';

/** What the demo says once everything runs. */
export interface DemoReady {
  readonly addresses: {
    readonly app: string;
    readonly faultline: string;
    readonly pricing: string | null;
    readonly chaos: string | null;
  };
  readonly tokens: { readonly admin: string | null; readonly chaos: string | null };
  /** Processes that must be gone once the demo has stopped. */
  readonly pids: readonly number[];
}

/** A message of the demo; null for one that means nothing here. */
export type DemoMessage =
  | { readonly type: 'ready'; readonly ready: DemoReady }
  | { readonly type: 'load'; readonly load: LoadState }
  | { readonly type: 'failed'; readonly message: string }
  | null;

type Fields = Readonly<Record<string, unknown>>;

const fieldsOf = (value: unknown): Fields =>
  typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value)) : {};
const textOf = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null);
const numberOf = (value: unknown): number => (typeof value === 'number' ? value : 0);

/** Reads a message of the demo's process. What it lacks is read as absent, so that older demos still work. */
export function readDemoMessage(message: unknown): DemoMessage {
  const fields = fieldsOf(message);
  if (fields.type === 'load') {
    const { sent, completed, errors } = fields;
    return {
      type: 'load',
      load: { sent: numberOf(sent), completed: numberOf(completed), errors: numberOf(errors) },
    };
  }
  if (fields.type === 'failed') {
    return { type: 'failed', message: textOf(fields.message) ?? 'it did not say why' };
  }
  if (fields.type !== 'ready') return null;
  const addresses = fieldsOf(fields.addresses);
  const tokens = fieldsOf(fields.tokens);
  const app = textOf(addresses.app);
  const faultline = textOf(addresses.faultline);
  if (app === null || faultline === null) {
    return { type: 'failed', message: 'the demo runs without an agent, so there is nothing to drill' };
  }
  return {
    type: 'ready',
    ready: {
      addresses: { app, faultline, pricing: textOf(addresses.pricing), chaos: textOf(addresses.chaos) },
      tokens: { admin: textOf(tokens.admin), chaos: textOf(tokens.chaos) },
      pids: Object.values(fieldsOf(fields.pids)).filter((pid) => typeof pid === 'number'),
    },
  };
}
