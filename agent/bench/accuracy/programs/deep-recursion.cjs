// CommonJS. A recursion that counts paths without remembering what it has counted.
// expect cause: javascript
// expect function: countPaths
// Its first line counts as well: that is where a call checks for interrupts.
// culprit
function countPaths(row, column) {
  if (row === 0 || column === 0) return 1; // culprit
  return countPaths(row - 1, column) + countPaths(row, column - 1); // culprit
}

async function main() {
  const { blockStarts, lasting, serve } = await import('./serve.mjs');
  serve(() => {
    const goesOn = lasting(600);
    let paths = 0;
    blockStarts();
    while (goesOn()) paths = countPaths(12, 11);
    return paths;
  });
}

main();
