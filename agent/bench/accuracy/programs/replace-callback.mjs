// A named callback that a native replace calls for every match.
// expect cause: javascript
// expect function: escapeCharacter
import { blockStarts, lasting, serve } from './serve.mjs';

const page = '<b>"Tom" & \'Jerry\'</b>'.repeat(20_000);

function escapeCharacter(character) {
  let code = '';
  for (const digit of String(character.charCodeAt(0)).padStart(12, '0')) code += digit; // culprit
  return `&#${code};`;
}

function escapePage() {
  return page.replace(/[<>"'&]/g, escapeCharacter);
}

serve(() => {
  const goesOn = lasting(600);
  let length = 0;
  blockStarts();
  while (goesOn()) length = escapePage().length;
  return length;
});
