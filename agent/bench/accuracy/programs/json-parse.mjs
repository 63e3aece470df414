// One large text: the parser returns straight to its caller.
// expect cause: sync-call
// expect function: importCatalog
// expect api: JSON.parse
// expect at: parse(
import { blockStarts, serve } from './serve.mjs';

const text = `[${'{"id":12345,"name":"A product","tags":["a","b","c"],"price":{"cents":1999,"currency":"EUR"}},'.repeat(450_000)}null]`;

function importCatalog() {
  const products = JSON.parse(text); // culprit
  return products.length;
}

serve(() => {
  blockStarts();
  return importCatalog();
});
