// A package of node_modules burns the time; the service's own line is the one that calls it.
// expect cause: javascript
// expect function: exportTable
import { layoutTable } from 'slow-table';
import { blockStarts, lasting, serve } from './serve.mjs';

const rows = Array.from({ length: 300 }, (_, index) => [`name ${index}`, `value ${index * 7}`]);

function exportTable(goesOn) {
  let text = '';
  // culprit
  while (goesOn()) {
    text = layoutTable(rows); // culprit
  }
  return text.length;
}

serve(() => {
  blockStarts();
  return exportTable(lasting(700));
});
