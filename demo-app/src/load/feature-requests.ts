import type { LoadRequest } from './mix.js';
import { popular, type Random } from './random.js';

/** Requests to the smaller features of the shop, one kind after the other. */
export interface FeatureRequests {
  readonly kinds: number;
  next(): LoadRequest;
}

/** What scanners send to every search field: many letters, and one that is none. A search that is checked by a
 *  careless regular expression needs as many steps as the text has ways to be cut into words. */
const hostileSearch = `${'a'.repeat(26)}!`;

/** What a camera sends, as far as anybody looks at it: the beginning of a JPEG, and then bytes. Unit: bytes. */
const photoBytes = 65_536;

/** No two are alike. */
function makePhoto(random: Random): Buffer {
  const photo = Buffer.alloc(photoBytes, 0x5a);
  photo.set([0xff, 0xd8, 0xff, 0xe0]);
  photo.writeDoubleLE(random(), 8);
  return photo;
}

/** Without the admin token only the kinds that anybody may send. */
export function createFeatureRequests(
  random: Random,
  productCount: number,
  isAdmin: boolean,
): FeatureRequests {
  const get = (path: string): LoadRequest => ({ method: 'GET', path, body: null });
  const post = (path: string, body: unknown): LoadRequest => ({
    method: 'POST',
    path,
    body: JSON.stringify(body),
  });
  const product = () => popular(random, productCount);
  const everybody = [
    () => get(`/products/${product()}/sheet`),
    () => get('/products/arrivals?wait=4'),
    () => get(`/products?search=${encodeURIComponent(hostileSearch)}`),
  ];
  const staff = [
    () => post(`/admin/products/${product()}/preview-links`, { password: 'correct horse battery' }),
    () => get('/admin/stock-report'),
    (): LoadRequest => ({
      method: 'POST',
      path: `/admin/products/${product()}/photos`,
      body: makePhoto(random),
      contentType: 'image/jpeg',
    }),
  ];
  const kinds = isAdmin ? [...everybody, ...staff] : everybody;
  let sent = 0;
  return {
    kinds: kinds.length,
    next() {
      const make = kinds[sent % kinds.length] ?? (() => get('/products'));
      sent += 1;
      return make();
    },
  };
}
