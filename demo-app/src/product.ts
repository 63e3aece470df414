import { z } from 'zod';
import type { FieldError } from './problem.js';
import { Problem } from './problem.js';

/** What a product is called alike in the table and in the API. */
interface ProductFields {
  readonly id: number;
  readonly sku: string;
  readonly name: string;
  readonly brand: string;
  readonly category: string;
  readonly description: string;
  readonly tags: readonly string[];
  readonly attributes: Readonly<Record<string, string | number>>;
  /** Pieces in the warehouse. */
  readonly stock: number;
}

/** A row of the products table, as pg gives it. */
export interface ProductRow extends ProductFields {
  /** Unit: grams. */
  readonly weight_grams: number;
  readonly created_at: Date;
  readonly updated_at: Date;
}

/** A product as the API shows it, without its price: prices belong to the pricing service. */
export interface Product extends ProductFields {
  readonly weightGrams: number;
  readonly createdAt: string;
  readonly updatedAt: string;
}

/** The API's view of a row. */
export function toProduct(row: ProductRow): Product {
  return {
    id: row.id,
    sku: row.sku,
    name: row.name,
    brand: row.brand,
    category: row.category,
    description: row.description,
    tags: row.tags,
    attributes: row.attributes,
    weightGrams: row.weight_grams,
    stock: row.stock,
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
  };
}

const text = (max: number) => z.string().trim().min(1).max(max);

/** What a client may send to create a product. */
export const newProductSchema = z.strictObject({
  sku: z.string().regex(/^[A-Z0-9][A-Z0-9-]{2,39}$/, 'must be 3 to 40 capital letters, digits and dashes'),
  name: text(200),
  brand: text(100),
  category: text(100),
  description: z.string().trim().max(5_000).default(''),
  tags: z.array(text(40)).max(20).default([]),
  attributes: z
    .record(text(40), z.union([z.string().max(200), z.number()]))
    .refine((value) => Object.keys(value).length <= 30, 'must have at most 30 entries')
    .default({}),
  weightGrams: z.int().min(0).max(1_000_000),
  stock: z.int().min(0).max(1_000_000).default(0),
});

/** A valid product that has no id yet. */
export type NewProduct = z.infer<typeof newProductSchema>;

/** Query of the list. `limit` arrives as text. */
export const listQuerySchema = z.object({
  search: z.string().trim().max(100).default(''),
  cursor: z.string().optional(),
  limit: z.coerce.number().int().min(1).max(100).default(20),
});

/** An id in a path. */
export const idSchema = z.coerce.number().int().min(1).max(2_147_483_647);

/** The parsed value, or a Problem with the given status that names every field at fault. */
export function validate<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  status: 400 | 422,
): z.output<Schema> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const errors: FieldError[] = result.error.issues
    .slice(0, 20)
    .map(({ path, message }) => ({ field: path.join('.'), message }));
  throw new Problem(status, 'validation-failed', 'Some fields are not acceptable; see errors.', { errors });
}
