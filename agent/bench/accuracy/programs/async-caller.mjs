// The block comes after two awaits, so only async frames lead back to the handler.
// expect cause: javascript
// expect function: scoreAll
import { setTimeout as sleep } from 'node:timers/promises';
import { blockStarts, lasting, serve } from './serve.mjs';

function scoreAll(words, goesOn) {
  let score = 0;
  while (goesOn()) {
    // culprit
    for (let index = 0; index < words.length; index += 1) {
      score = (score * 31 + words[index].charCodeAt(index % 4)) % 1_000_003; // culprit
    }
  }
  return score;
}

async function loadWords() {
  await sleep(5);
  return Array.from({ length: 50_000 }, (_, index) => `word${index}`);
}

async function rank() {
  const words = await loadWords();
  await sleep(5);
  blockStarts();
  return scoreAll(words, lasting(700));
}

serve(async () => await rank());
