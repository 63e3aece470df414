import { panelsOf } from './emitted.js';
import type { Check } from './finding.js';

/** Every panel has queries, and each of them has its own refId and a legend. */
export const panelTargets: Check = (emitted) =>
  panelsOf(emitted).flatMap(({ where, panel }) => {
    const targets = panel.targets ?? [];
    const ids = targets.map(({ refId }) => refId);
    return [
      ...(targets.length > 0 ? [] : [{ where, message: 'has no query' }]),
      ...(new Set(ids).size === ids.length && !ids.includes(undefined)
        ? []
        : [{ where, message: `needs one refId for each query, got ${ids.join(', ')}` }]),
      ...targets
        .filter(({ legendFormat = '' }) => legendFormat === '')
        .map(({ refId }) => ({ where, message: `query ${refId} has no legend` })),
    ];
  });
