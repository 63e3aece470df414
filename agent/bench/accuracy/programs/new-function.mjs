// A template compiled with new Function: evaluated text has no file, so its caller is what can be opened.
// expect cause: javascript
// expect function: renderInvoice
import { blockStarts, lasting, serve } from './serve.mjs';

const compile = (expression) =>
  new Function('lines', `let text = ''; for (const line of lines) text = ${expression}; return text;`);
const lines = Array.from({ length: 20_000 }, (_, index) => index);
const template = compile('String(line * 3 + 1).padStart(9, "0")');

function renderInvoice(goesOn) {
  let text = '';
  // culprit
  while (goesOn()) {
    text = template(lines); // culprit
  }
  return text;
}

serve(() => {
  blockStarts();
  return renderInvoice(lasting(700));
});
