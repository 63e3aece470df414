// A pattern with nested repetition on a text that nearly matches.
// expect cause: javascript
// expect function: isName
// expect at: test(
import { blockStarts, serve } from './serve.mjs';

const pattern = /^(?:[a-z]+\s?)+$/;

function isName(text) {
  return pattern.test(text); // culprit
}

serve(() => {
  const text = `${'a'.repeat(25)}!`;
  blockStarts();
  return [isName(text), isName(text), isName(text)].join();
});
