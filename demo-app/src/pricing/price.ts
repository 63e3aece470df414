import { z } from 'zod';

/** What one product costs. */
export const priceSchema = z.object({
  productId: z.int(),
  currency: z.literal('EUR'),
  amountCents: z.int().min(0),
});

/** What one product costs. */
export type Price = z.infer<typeof priceSchema>;

/** Deterministic: a product costs the same in every run, between 4.90 and 499.90 EUR. */
export function priceOf(productId: number): Price {
  const euros = 4 + ((productId * 7_919) % 496);
  return { productId, currency: 'EUR', amountCents: euros * 100 + 90 };
}
