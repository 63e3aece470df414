// A formatter made anew for every row: many short native calls, of which the agent marks this one, so that both causes
// are right.
// expect cause: javascript | sync-call
// expect function: formatRow
import { blockStarts, serve } from './serve.mjs';

// It has no loop, so its first line counts as well: that is where V8 checks for interrupts.
// culprit
function formatRow(atMs) {
  return new Intl.DateTimeFormat('en-GB', { dateStyle: 'full', timeStyle: 'long' }).format(atMs); // culprit
}

function formatRows(count) {
  const rows = [];
  for (let row = 0; row < count; row += 1) rows.push(formatRow(row * 86_400_000));
  return rows.length;
}

serve(() => {
  blockStarts();
  return formatRows(12_000);
});
