type Method = (this: object, ...parameters: unknown[]) => unknown;

/** Puts a function in place of one method of one pool, or of the prototype of a class, for libraries that have no event.
 *  `around` is given the original, already bound to whatever the method is called on, which comes last; what it puts into
 *  `parameters` reaches the original. Returns what undoes it. */
export function wrapOwnMethod(
  pool: object,
  method: string,
  around: (call: () => unknown, parameters: unknown[], top: Method, on: object) => unknown,
): () => void {
  const own = Object.getOwnPropertyDescriptor(pool, method);
  const original: unknown = Reflect.get(pool, method);
  if (typeof original !== 'function') return () => {};
  const wrapper: Method = function (this: object, ...parameters) {
    return around(() => original.apply(this, parameters), parameters, wrapper, this);
  };
  Object.defineProperty(pool, method, {
    value: wrapper,
    writable: true,
    configurable: true,
    enumerable: own?.enumerable ?? false,
  });
  return () => {
    if (Object.getOwnPropertyDescriptor(pool, method)?.value !== wrapper) return;
    if (own === undefined) Reflect.deleteProperty(pool, method);
    else Object.defineProperty(pool, method, own);
  };
}
