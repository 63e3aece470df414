import { isDeepStrictEqual } from 'node:util';
import type { Json, Tolerance } from '../experiment.js';
import { findByPath } from './jsonpath.js';

/** Whether an output is tolerated, and why (not). */
export interface Judgement {
  readonly met: boolean;
  readonly because: string;
}

/** Runs the probe of a `probe` tolerance; true when it succeeded. */
export type SideProbe = (tolerance: Extract<Tolerance, { type: 'probe' }>) => Promise<boolean>;

const shown = (value: Json | undefined): string => {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > 200 ? `${text.slice(0, 197)}…` : text;
};
const verdict = (met: boolean, saw: Json | undefined, wanted: string): Judgement => ({
  met,
  because: `${shown(saw)} ${met ? 'is' : 'is not'} ${wanted}`,
});

/** Compares a probe's output with its tolerance, as Chaos Toolkit does: numbers and lists of numbers look at the
 *  status of an answer or the exit code; regex, jsonpath and range at the whole output or its `target`. */
export async function judge(tolerance: Tolerance, output: Json, runProbe: SideProbe): Promise<Judgement> {
  if (typeof tolerance === 'boolean' || typeof tolerance === 'string') {
    return verdict(output === tolerance, output, shown(tolerance));
  }
  if (typeof tolerance === 'number') {
    const status = statusOf(output);
    return verdict(status === tolerance, status, shown(tolerance));
  }
  if (isList(tolerance)) {
    const status = statusOf(output);
    const met = tolerance.some((one) => one === status);
    return verdict(met, status, `one of ${shown(tolerance)}`);
  }
  if (tolerance.type === 'probe') {
    const met = await runProbe(tolerance);
    return { met, because: `the probe "${tolerance.name}" ${met ? 'succeeded' : 'failed'}` };
  }
  const value = pick(output, tolerance.target);
  if (tolerance.type === 'regex') {
    const text = asText(value);
    const met = text !== null && new RegExp(tolerance.pattern, 'm').test(text);
    return verdict(met, value, `matched by /${tolerance.pattern}/`);
  }
  if (tolerance.type === 'range') {
    const [min, max] = tolerance.range;
    const number = asNumber(value);
    return verdict(number !== null && number >= min && number <= max, value, `between ${min} and ${max}`);
  }
  return judgePath(tolerance, value);
}

function isList(tolerance: Tolerance): tolerance is readonly (boolean | number | string)[] {
  return Array.isArray(tolerance);
}

function judgePath(tolerance: Extract<Tolerance, { type: 'jsonpath' }>, value: Json | undefined): Judgement {
  const { path, expect, count } = tolerance;
  const json = typeof value === 'string' ? parseJson(value) : value;
  if (json === undefined || json === null) return { met: false, because: `${shown(value)} is no JSON` };
  const found = findByPath(path, json);
  if (count !== undefined && found.length !== count) {
    return { met: false, because: `${path} finds ${found.length} values, not ${count}` };
  }
  if (expect === undefined) {
    const met = count !== undefined || found.length > 0;
    return { met, because: `${path} finds ${found.length} values` };
  }
  const met = isDeepStrictEqual(found, expect) || (found.length === 1 && isDeepStrictEqual(found[0], expect));
  return { met, because: `${path} finds ${shown(found)}, ${met ? 'as' : 'not'} ${shown(expect)}` };
}

function pick(output: Json, target: string | undefined): Json | undefined {
  if (target === undefined) return output;
  const parsed = typeof output === 'string' ? parseJson(output) : output;
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) return undefined;
  return Object.entries(parsed).find(([key]) => key === target)?.[1];
}

function statusOf(output: Json): Json | undefined {
  return pick(output, 'status') ?? output;
}

function asText(value: Json | undefined): string | null {
  if (value === undefined || value === null) return null;
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function asNumber(value: Json | undefined): number | null {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : null;
}

function parseJson(text: string): Json | undefined {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
