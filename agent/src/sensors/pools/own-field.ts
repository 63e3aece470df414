/** A data property of an object itself: reading it runs none of the service's code. Undefined when there is none. */
export const ownField = (owner: unknown, name: string | symbol): unknown =>
  typeof owner === 'object' && owner !== null
    ? Object.getOwnPropertyDescriptor(owner, name)?.value
    : undefined;

/** The same for a field that a library keeps under a symbol of its own. */
export function ownSymbolField(owner: object, description: string): unknown {
  const symbol = Object.getOwnPropertySymbols(owner).find((each) => each.description === description);
  return symbol === undefined ? undefined : ownField(owner, symbol);
}
