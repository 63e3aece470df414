// One large answer written at once.
// expect cause: sync-call
// expect function: exportAll
// expect api: JSON.stringify
// expect at: stringify(
import { blockStarts, serve } from './serve.mjs';

const product = {
  id: 12_345,
  name: 'A "product"',
  tags: ['a', 'b', 'c'],
  price: { cents: 1_999.5, currency: 'EUR' },
};
const products = Array.from({ length: 1_200_000 }, () => product);

function exportAll() {
  const text = JSON.stringify(products); // culprit
  return text.length;
}

serve(() => {
  blockStarts();
  return exportAll();
});
