import { rulesOf } from './emitted.js';
import type { Check } from './finding.js';

/** No rule of a file makes the same series or alert as another, and no alert is written twice. */
export const duplicateRules: Check = (emitted) => {
  const keyed = rulesOf(emitted).flatMap(({ path, where, rule }) => {
    const kind =
      'record' in rule ? rule.record : JSON.stringify([rule.alert, Object.entries(rule.labels).sort()]);
    return [kind, rule.expr].map((key) => ({ key: `${path} ${key}`, where }));
  });
  const repeated = keyed.filter(({ key }, index) => keyed.findIndex((other) => other.key === key) !== index);
  return repeated.map(({ where }) => ({ where, message: 'repeats another rule of its file' }));
};
