import { JSONPath } from 'jsonpath-plus';
import type { Json } from '../experiment.js';

/** Says what is wrong with a path, or null. Filters would have to be evaluated as code, which is switched off. */
export function jsonPathComplaint(path: string): string | null {
  if (!path.startsWith('$')) return 'a JSONPath that begins with $';
  if (/\[\s*\??\s*\(/.test(path)) return 'a JSONPath without filters and scripts such as [?(…)]';
  return null;
}

/** Every value that the path finds. */
export function findByPath(path: string, json: Json): readonly Json[] {
  if (typeof json !== 'object' || json === null) return [];
  const found: unknown = JSONPath({ path, json, eval: false, wrap: true });
  return Array.isArray(found) ? found : [];
}
