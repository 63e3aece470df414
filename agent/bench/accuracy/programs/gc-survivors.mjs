// Objects that all survive: collecting them again and again takes longer than making them.
// expect cause: gc
// expect function: collectRows
import { blockStarts, serve } from './serve.mjs';

function collectRows(count) {
  const rows = [];
  // culprit
  for (let row = 0; row < count; row += 1) {
    rows.push({ row, cells: [row, { row }, [row]], next: { value: [row] } }); // culprit
  }
  return rows.length;
}

serve(() => {
  blockStarts();
  return collectRows(700_000);
});
