import { createRequire } from 'node:module';

/** Classes of a driver that were found, and are watched until `close`. */
export interface ModuleWatch {
  /** To be called from time to time; it is cheap when nothing was loaded since. */
  look(): void;
  close(): void;
}

/** Finds a class without a loader hook: a driver that is CommonJS stands in the module cache once it is loaded, however
 *  it is imported. `wrap` is called once for each class whose file matches and that `isClass` accepts, and returns what
 *  takes the wrapping back. */
export function watchModuleClass<Class>(
  file: RegExp,
  isClass: (exported: unknown) => exported is Class,
  wrap: (found: Class) => () => void,
): ModuleWatch {
  const { cache } = createRequire(import.meta.url);
  const restorers = new Map<Class, () => void>();
  let modulesSeen = 0;
  return {
    look() {
      const paths = Object.keys(cache);
      if (paths.length === modulesSeen) return;
      modulesSeen = paths.length;
      for (const path of paths) {
        if (!file.test(path)) continue;
        const found: unknown = cache[path]?.exports;
        if (isClass(found) && !restorers.has(found)) restorers.set(found, wrap(found));
      }
    },
    close() {
      for (const restore of restorers.values()) restore();
      restorers.clear();
    },
  };
}
