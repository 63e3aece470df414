import { panelsOf } from './emitted.js';
import type { Check } from './finding.js';

/** Every panel has a title, a description and a unit. */
export const panelTexts: Check = (emitted) =>
  panelsOf(emitted).flatMap(({ where, panel }) => {
    const texts = {
      title: panel.title,
      description: panel.description,
      unit: panel.fieldConfig?.defaults?.unit,
    };
    return Object.entries(texts)
      .filter(([, text]) => text === undefined || text.trim() === '')
      .map(([what]) => ({ where, message: `has no ${what}` }));
  });
