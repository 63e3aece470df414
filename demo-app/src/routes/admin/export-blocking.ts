import type { Pool } from 'pg';
import { Problem } from '../../problem.js';
import type { ProductRow } from '../../product.js';
import type { ProductExport } from './export.js';

/** What the blocking export tells about each run. */
export interface BlockingExportOptions {
  /** How many times each product is formatted. */
  readonly copies: number;
  /** Whether the twin should be gone by now; then a block in progress is given up. */
  readonly expired: () => boolean;
  /** Called just before the main thread is blocked. */
  readonly onBlock: () => void;
}

/** The export as it was first written: it reads all rows, builds the whole file and sends it. With the fifty
 *  products of a developer's database nobody notices; with all of them every other request waits.
 *  The good twin is export-streaming.ts. */
export function createBlockingExport(pool: Pool, options: BlockingExportOptions): ProductExport {
  return async function exportAllProducts(response) {
    const { rows } = await pool.query<ProductRow>('select * from products order by id');
    options.onBlock();
    const file = buildExport(rows, options);
    response.status(200).type('application/x-ndjson').end(file);
  };
}

/** A few milliseconds of formatting. */
const rowsBetweenChecks = 200;
const weightFormat = new Intl.NumberFormat('en', { style: 'unit', unit: 'gram' });

function buildExport(rows: readonly ProductRow[], { copies, expired }: BlockingExportOptions): string {
  const lines: string[] = [];
  for (const [index, row] of rows.entries()) {
    if (index % rowsBetweenChecks === 0 && expired())
      throw new Problem(503, 'export-ended', 'The export was ended before it was complete.');
    let line = '';
    for (let copy = 0; copy < copies; copy += 1) line = formatProduct(row);
    lines.push(line);
  }
  return `${lines.join('\n')}\n`;
}

function formatProduct(row: ProductRow): string {
  const product = {
    id: row.id,
    sku: row.sku,
    name: row.name,
    slug: slugOf(row.name),
    brand: row.brand,
    category: row.category,
    descriptionHtml: escapeHtml(row.description),
    tags: row.tags,
    attributes: Object.entries(row.attributes).map(([name, value]) => ({ name, value })),
    weight: weightFormat.format(row.weight_grams),
    stock: row.stock,
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
  };

  // The warehouse imports a product again when the checksum of its texts has changed: CRC-32, bit by bit.
  const bytes = Buffer.from(`${row.sku}|${row.name}|${row.description}`);
  let checksum = 0xffffffff;
  for (let index = 0; index < bytes.length; index += 1) {
    checksum ^= bytes[index] ?? 0;
    for (let bit = 0; bit < 8; bit += 1) checksum = (checksum >>> 1) ^ (0xedb88320 & -(checksum & 1));
  }
  checksum = (checksum ^ 0xffffffff) >>> 0;
  return JSON.stringify({ checksum: checksum.toString(16).padStart(8, '0'), product });
}

function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

function slugOf(name: string): string {
  const words = name.toLowerCase().split(/[^a-z0-9]+/);
  return words.filter((word) => word !== '').join('-');
}
