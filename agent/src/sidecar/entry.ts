import { readdirSync } from 'node:fs';
import { createDescriptorReader } from '../sensors/descriptors.js';

/** The loader opens the modules of a whole level of imports at once, some forty files here. */
const descriptorsWanted = 128;
/** Rooms whose modules stand without those of another, innermost first. */
const rooms = [
  '../catalog/',
  '../protocol/',
  './diagnosis/',
  './history/',
  './watchdog/',
  './last-words/',
  './http/',
  './database/',
  './',
];

/** A process that may open few files only, or has few left, gets the modules one after the other: the sidecar would
 *  not start otherwise, and `EMFILE` is remembered by the loader, so that there is no second try in the same thread. */
const descriptors = createDescriptorReader()();
if (descriptors !== null && descriptors.limit !== null) {
  if (descriptors.limit - descriptors.open < descriptorsWanted) await loadSlowly();
}
await import('./main.js');

async function loadSlowly(): Promise<void> {
  for (const room of rooms) {
    const directory = new URL(room, import.meta.url);
    const files = readdirSync(directory).filter((name) => name.endsWith('.js'));
    for (const file of files) {
      if (file !== 'main.js' && file !== 'entry.js') await import(new URL(file, directory).href);
    }
  }
}
