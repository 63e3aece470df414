import { errorPosition } from '../promql/syntax.js';
import { expressionsOf } from './expressions.js';
import type { Check } from './finding.js';

/** Every query of panels, annotations and rules is PromQL. */
export const promqlParses: Check = (emitted) =>
  expressionsOf(emitted).flatMap(({ where, query }) => {
    const position = errorPosition(query);
    if (position === null) return [];
    return [{ where, message: `is no PromQL from character ${position} on: ${query.text.slice(position)}` }];
  });
