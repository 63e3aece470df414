import { unite } from './unite.js';

/** Resources that keep the event loop alive, by type. */
export const activeResources = unite('instance:nodejs_active_resources', 'activeResources');

/** Process resources from every spelling. */
export const resourceRules = [activeResources] as const;
