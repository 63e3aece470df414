import type { RequestHandler } from 'express';

/** What the shop has of one category. */
export interface CategoryStock {
  readonly category: string;
  readonly products: number;
  /** Pieces in the warehouse. */
  readonly pieces: number;
  /** Unit: grams. */
  readonly weightGrams: number;
}

/** Makes the report, in the order of categories. */
export type StockReport = () => Promise<readonly CategoryStock[]>;

/** `GET /admin/stock-report`. `current` tells how to make it for this request. */
export function createStockReportHandler(current: () => StockReport): RequestHandler {
  return async function handleStockReport(_request, response) {
    response.json({ categories: await current()() });
  };
}
