// A module that is loaded anew for each request: its parent remembers every one of them.
// expect kind: heap-leak
// expect function: render
const { writeFileSync } = require('node:fs');
const { join } = require('node:path');

const file = join(__dirname, `template-${process.pid}.cjs`);
writeFileSync(file, 'exports.make = (render) => { exports.page = render(); };');
process.on('exit', () => require('node:fs').rmSync(file, { force: true }));

function render() {
  return Array.from({ length: 400 }, (_, index) => `line ${index} of page ${Math.random()}`); // culprit
}

function reload() {
  delete require.cache[file];
  require(file).make(render); // caller
}

import('../service.mjs').then(({ serve }) => serve(() => reload(), 30_000)); // caller
