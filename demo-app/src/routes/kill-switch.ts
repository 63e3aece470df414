import type { RequestHandler } from 'express';
import type { FeatureName, Features } from '../features.js';
import { Problem } from '../problem.js';

/** Refuses requests while an operator has switched the feature off.
 *  @throws Problem `feature-disabled`, 503. */
export function assertEnabled(features: Features, name: FeatureName): void {
  if (features.isEnabled(name)) return;
  const what = features.get(name)?.meaning ?? name;
  throw new Problem(503, 'feature-disabled', `Switched off by an operator (feature ${name}): ${what}`);
}

/** The same as a step before a handler. */
export function requireFeature(features: Features, name: FeatureName): RequestHandler {
  return (_request, _response, next) => {
    assertEnabled(features, name);
    next();
  };
}
