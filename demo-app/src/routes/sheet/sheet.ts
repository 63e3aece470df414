import type { RequestHandler } from 'express';
import { Problem } from '../../problem.js';
import { idSchema, type Product, validate } from '../../product.js';
import type { ReadParcel } from './parcel.js';
import type { ReadTerms, Terms } from './terms.js';

/** `GET /products/:id/sheet`: what is printed and put into the parcel. `parcel` and `terms` tell where to read them from
 *  for this request. */
export function createSheetHandler(parcel: () => ReadParcel, terms: () => ReadTerms): RequestHandler {
  return async function handleSheet(request, response) {
    const id = validate(idSchema, request.params.id, 400);
    const product = await parcel()(id);
    if (product === null) throw new Problem(404, 'product-not-found', `There is no product ${id}.`);
    response.type('text/plain').send(renderSheet(product, await terms()()));
  };
}

function renderSheet(product: Product, terms: Terms): string {
  const attributes = Object.entries(product.attributes).map(([name, value]) => `${name}: ${value}`);
  return [
    `${product.name} (${product.sku})`,
    `${product.brand} · ${product.category} · ${product.weightGrams} g`,
    ...attributes,
    '',
    terms.text.trimEnd(),
    '',
    `Revision of the terms: ${terms.revision}`,
    '',
  ].join('\n');
}
