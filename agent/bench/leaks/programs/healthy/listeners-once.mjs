// Each request listens, hears, and is gone.
import { EventEmitter } from 'node:events';
import { serve } from '../service.mjs';

const answers = new EventEmitter();

serve((id) => {
  const rows = Array.from({ length: 40 }, (_, index) => `row ${index} of ${id}`);
  answers.once(`answer ${id}`, () => rows.length);
  setTimeout(() => answers.emit(`answer ${id}`), 50).unref();
}, 1_300);
