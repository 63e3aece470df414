import { randomBytes } from 'node:crypto';
import type { RequestHandler } from 'express';
import { z } from 'zod';
import type { Products } from '../../../db/products.js';
import { Problem } from '../../../problem.js';
import { idSchema, validate } from '../../../product.js';
import type { DeriveKey } from './derive-key.js';

const previewSchema = z.strictObject({ password: z.string().min(8).max(200) });
/** Unit: ms. One day. */
const lifetimeMs = 86_400_000;

/** `POST /admin/products/:id/preview-links {password}`: what the shop's preview page needs to let somebody with the
 *  password in. The key, not the password, travels. `derive` tells how to make it for this request. */
export function createPreviewLinkHandler(products: Products, derive: () => DeriveKey): RequestHandler {
  return async function handlePreviewLink(request, response) {
    const id = validate(idSchema, request.params.id, 400);
    const { password } = validate(previewSchema, request.body, 422);
    if ((await products.find(id)) === null)
      throw new Problem(404, 'product-not-found', `There is no product ${id}.`);
    const salt = randomBytes(16);
    const { iterations, key } = await derive()(password, salt);
    response.status(201).json({
      productId: id,
      expiresAt: new Date(Date.now() + lifetimeMs).toISOString(),
      salt: salt.toString('base64url'),
      iterations,
      key: key.toString('base64url'),
    });
  };
}
