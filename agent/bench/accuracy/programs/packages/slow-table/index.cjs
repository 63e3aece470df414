// A package as programs find it in node_modules: it measures every column again for every row.
exports.layoutTable = function layoutTable(rows) {
  return rows
    .map((row) => row.map((cell, column) => pad(cell, widthOf(rows, column))).join(' | '))
    .join('\n');
};

function widthOf(rows, column) {
  let width = 0;
  for (const row of rows) width = Math.max(width, [...row[column]].length);
  return width;
}

function pad(cell, width) {
  return cell + ' '.repeat(width - [...cell].length);
}
