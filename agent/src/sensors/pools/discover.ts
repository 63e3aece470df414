import type { ModuleWatch } from '../module-cache.js';
import { poolLibraries } from './libraries/index.js';

/** Finds the pools of every library that is known. Call `look` from time to time. */
export function discoverPools(onPool: (pool: object) => void): ModuleWatch {
  const watches = poolLibraries.map((library) => library.discover(onPool));
  return {
    look() {
      for (const watch of watches) watch.look();
    },
    close() {
      for (const watch of watches) watch.close();
    },
  };
}
