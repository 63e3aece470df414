// Ticks that queue ticks: the loop never turns, though every function is short.
// expect cause: microtasks
// expect function: drainQueue
import { blockStarts, lasting, serve } from './serve.mjs';

const queue = Array.from({ length: 64 }, (_, index) => index);

// culprit
function drainQueue(goesOn) {
  queue.push(queue.shift() + 1); // culprit
  if (goesOn()) process.nextTick(drainQueue, goesOn); // culprit
}

serve(() => {
  blockStarts();
  process.nextTick(drainQueue, lasting(700));
  return 'queued';
});
