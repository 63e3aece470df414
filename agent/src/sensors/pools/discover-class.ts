import { type ModuleWatch, watchModuleClass } from '../module-cache.js';

/** The class of a library, where it stands and how its pools are used. */
export interface PoolClass {
  /** File that exports the class. */
  readonly file: RegExp;
  /** Property of the exports that holds it; left out where the exports are the class. */
  readonly exportedAs?: string;
  /** Method that callers of the pool use. */
  readonly method: string;
}

type Method = (this: object, ...parameters: unknown[]) => unknown;
type Prototype = Record<string, Method>;

/** Finds the pools of a library that says nothing of a new one: its class stands in the module cache once it is loaded,
 *  however it is imported, and the method that its callers use then reports the pool that it is called on. The method gets
 *  its parameters, returns and throws as before. */
export function discoverClass(
  { file, exportedAs, method }: PoolClass,
  onPool: (pool: object) => void,
): ModuleWatch {
  const prototypeOf = (exported: unknown): Prototype | null => {
    const found =
      exportedAs === undefined ? exported : (exported as Record<string, unknown> | null)?.[exportedAs];
    const prototype: unknown = typeof found === 'function' ? found.prototype : null;
    return typeof (prototype as Prototype | null)?.[method] === 'function' ? (prototype as Prototype) : null;
  };
  const isExported = (exported: unknown): exported is unknown => prototypeOf(exported) !== null;
  return watchModuleClass(file, isExported, (exported) => wrapMethod(prototypeOf(exported)!, method, onPool));
}

function wrapMethod(prototype: Prototype, method: string, onPool: (pool: object) => void): () => void {
  const own = Object.getOwnPropertyDescriptor(prototype, method);
  const original = prototype[method]!;
  const wrapper: Method = function (this: object, ...parameters) {
    let next = original;
    try {
      const before = (this as Prototype)[method];
      onPool(this);
      // A watch that has just begun may follow this method of the pool: its first caller is followed, too.
      const after = (this as Prototype)[method]!;
      if (after !== before) next = after;
    } catch {
      // Finding pools must never cost the service one.
    }
    return next.apply(this, parameters);
  };
  Object.defineProperty(wrapper, 'name', { value: original.name, configurable: true });
  Object.defineProperty(wrapper, 'length', { value: original.length, configurable: true });
  Object.defineProperty(prototype, method, {
    value: wrapper,
    writable: true,
    configurable: true,
    enumerable: own?.enumerable ?? false,
  });
  return () => {
    // Somebody may have wrapped the wrapper; then it stays, and does no harm.
    if (Object.getOwnPropertyDescriptor(prototype, method)?.value !== wrapper) return;
    if (own === undefined) delete prototype[method];
    else Object.defineProperty(prototype, method, own);
  };
}
