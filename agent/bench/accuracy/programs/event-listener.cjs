// CommonJS. A listener of an emitter: the one who emits does not know what it costs.
// expect cause: javascript
// expect function: mergeIntoReport
const { EventEmitter } = require('node:events');

const orders = new EventEmitter();
const report = { cells: new Float64Array(4_096), seen: 0 };

function mergeIntoReport(goesOn) {
  while (goesOn()) {
    // culprit
    for (let cell = 0; cell < report.cells.length; cell += 1) {
      report.cells[cell] = Math.sqrt(report.cells[cell] + cell); // culprit
    }
    report.seen += 1;
  }
}

orders.on('placed', mergeIntoReport);

import('./serve.mjs').then(({ blockStarts, lasting, serve }) => {
  serve(() => {
    blockStarts();
    orders.emit('placed', lasting(700));
    return report.seen;
  });
});
