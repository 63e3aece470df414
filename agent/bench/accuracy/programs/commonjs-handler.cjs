// CommonJS. The export that builds everything in memory, as a string. About half of its time goes to collections, so
// both causes are right.
// expect cause: javascript | gc
// expect function: quote
const products = Array.from({ length: 20_000 }, (_, id) => ({ id, name: `Product "${id}"`, cents: id * 99 }));

const quote = (value) => `"${String(value).replaceAll('"', '""')}"`; // culprit

function toCsv(rows) {
  let csv = 'id,name,cents\n';

  for (const row of rows) {
    csv += `${quote(row.id)},${quote(row.name)},${quote(row.cents)}\n`;
  }
  return csv;
}

import('./serve.mjs').then(({ blockStarts, lasting, serve }) => {
  serve(() => {
    const goesOn = lasting(700);
    let bytes = 0;
    blockStarts();
    while (goesOn()) bytes = toCsv(products).length;
    return bytes;
  });
});
