/** Makes the path that a price is asked for by. */
export type PriceQuery = (productId: number) => string;

/** Asks for the price and nothing else. */
export const askPrice: PriceQuery = (productId) => `/prices/${productId}`;
