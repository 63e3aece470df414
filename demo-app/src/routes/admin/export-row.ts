import { crc32 } from 'node:zlib';
import type { ProductRow } from '../../product.js';

/** One line of the export, as spreadsheets and the warehouse's import want it. */
export interface ExportRow {
  readonly id: number;
  readonly sku: string;
  readonly name: string;
  /** Lower-case name with dashes, as it stands in the shop's addresses. */
  readonly slug: string;
  readonly brand: string;
  readonly category: string;
  /** The description, escaped for HTML. */
  readonly descriptionHtml: string;
  readonly tags: readonly string[];
  readonly attributes: readonly { readonly name: string; readonly value: string | number }[];
  /** Weight in words, such as `1,250 g`. */
  readonly weight: string;
  readonly stock: number;
  readonly createdAt: string;
  readonly updatedAt: string;
}

/** Made once: a formatter is dear to make and cheap to use. */
const weightFormat = new Intl.NumberFormat('en', { style: 'unit', unit: 'gram' });

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** One product as a line of NDJSON. The checksum tells the warehouse's import whether the texts have changed: CRC-32
 *  of sku, name and description in hexadecimal. */
export function toExportLine(row: ProductRow): string {
  const product: ExportRow = {
    id: row.id,
    sku: row.sku,
    name: row.name,
    slug: row.name
      .toLowerCase()
      .replaceAll(/[^a-z0-9]+/g, '-')
      .replace(/^-|-$/g, ''),
    brand: row.brand,
    category: row.category,
    descriptionHtml: row.description.replaceAll(/[&<>"]/g, (character) => entities[character] ?? character),
    tags: row.tags,
    attributes: Object.entries(row.attributes).map(([name, value]) => ({ name, value })),
    weight: weightFormat.format(row.weight_grams),
    stock: row.stock,
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
  };
  const checksum = crc32(`${row.sku}|${row.name}|${row.description}`).toString(16).padStart(8, '0');
  return `${JSON.stringify({ checksum, product })}\n`;
}
