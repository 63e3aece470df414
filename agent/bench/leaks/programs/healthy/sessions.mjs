// Sessions that live for ten seconds each.
import { serve } from '../service.mjs';

const sessions = new Map();

serve((id) => {
  sessions.set(
    id,
    Array.from({ length: 40 }, (_, index) => `entry ${index} of ${id}`),
  );
  setTimeout(() => sessions.delete(id), 10_000).unref();
}, 2_600);
