import { ChaosError } from './errors.js';
import type { ParameterRow } from './fault.js';

/** One parameter that was refused, with what would have been accepted. */
interface RefusedParameter {
  readonly name: string;
  readonly value: unknown;
  readonly because: string;
}

const shown = (value: unknown) => JSON.stringify(value) ?? String(value);

/** Fills in what was left out and refuses what the fault does not know, is no number, or lies out of range.
 *  @throws ChaosError `request-invalid`, with every refused parameter and its range. */
export function readParameters(
  faultId: string,
  rows: Readonly<Record<string, ParameterRow>>,
  given: unknown,
): Readonly<Record<string, number>> {
  if (given !== undefined && (typeof given !== 'object' || given === null || Array.isArray(given))) {
    throw new ChaosError(
      'request-invalid',
      `parameters must be an object of numbers by name, got ${shown(given)}`,
    );
  }
  const wanted = new Map<string, unknown>(Object.entries(given ?? {}));
  const refused: RefusedParameter[] = [];
  for (const [name, value] of wanted) {
    const because = refusal(name, value, rows);
    if (because) refused.push({ name, value, because });
  }
  if (refused.length > 0) {
    const text = refused.map((one) => one.because).join('; ');
    throw new ChaosError('request-invalid', `${faultId}: ${text}`, { parameters: refused });
  }
  return Object.fromEntries(
    Object.entries(rows).map(([name, row]) => {
      const value = wanted.get(name);
      return [name, typeof value === 'number' ? value : row.fallback];
    }),
  );
}

function refusal(name: string, value: unknown, rows: Readonly<Record<string, ParameterRow>>): string | null {
  const row = Object.hasOwn(rows, name) ? rows[name] : undefined;
  if (!row) {
    const known = Object.keys(rows).join(', ') || 'none';
    return `unknown parameter ${shown(name)}; known: ${known}`;
  }
  if (typeof value !== 'number' || !Number.isFinite(value)) {
    return `${name} must be a number between ${row.min} and ${row.max}, got ${shown(value)}`;
  }
  if (value < row.min || value > row.max) {
    return `${name} must lie between ${row.min} and ${row.max}, got ${value}`;
  }
  return null;
}
