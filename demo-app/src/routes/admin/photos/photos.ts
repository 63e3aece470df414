import express, { type RequestHandler } from 'express';
import { LRUCache } from 'lru-cache';
import type { Products } from '../../../db/products.js';
import { Problem } from '../../../problem.js';
import { idSchema, validate } from '../../../product.js';
import { headBytes, type KeepHead } from './keep-head.js';

/** Heads of the uploads that came last, so that a photo that is sent twice is told. */
const remembered = 10_000;
const jpegBeginning = Buffer.from([0xff, 0xd8, 0xff]);

/** Reads a photo of at most 256 kB; anything that does not call itself JPEG is refused with 415. */
export function photoBody(): RequestHandler {
  const read = express.raw({ type: 'image/jpeg', limit: '256kb' });
  return (request, response, next) => {
    if (request.is('image/jpeg')) read(request, response, next);
    else next(new Problem(415, 'unsupported-media-type', 'Send a photo with Content-Type: image/jpeg.'));
  };
}

/** `POST /admin/products/:id/photos` with a JPEG as its body: says whether it was sent before. The photo itself goes
 *  elsewhere; here its head is kept. `keepHead` tells how to make that for this request. */
export function createPhotoHandler(products: Products, keepHead: () => KeepHead): RequestHandler {
  const heads = new LRUCache<string, Buffer>({ max: remembered });
  return async function handlePhoto(request, response) {
    const id = validate(idSchema, request.params.id, 400);
    const photo: unknown = request.body;
    if (!Buffer.isBuffer(photo) || !photo.subarray(0, jpegBeginning.length).equals(jpegBeginning))
      throw new Problem(422, 'not-a-photo', 'The body does not begin like a JPEG.');
    if ((await products.find(id)) === null)
      throw new Problem(404, 'product-not-found', `There is no product ${id}.`);
    const key = photo.toString('latin1', 0, headBytes);
    const isKnown = heads.has(key);
    heads.set(key, keepHead()(photo));
    response.status(201).json({ productId: id, bytes: photo.length, isKnown });
  };
}
