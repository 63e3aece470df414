import { readFileSync } from 'node:fs';
import { createDescriptorReader } from './sensors/descriptors.js';

/** The loader opens the modules of a whole level of imports at once, some forty files here. */
const descriptorsWanted = 128;
/** What a module of this package names of its neighbours. */
const neighbours = /^(?:import|export)\s[^'"]*?from '(\.[^']+)'/gm;

/** Imports a module of this package. A process that may open few files only, or has few left, gets what it imports one after
 *  the other: otherwise it would end with `EMFILE`, which the loader remembers, so that there is no second try. */
export async function load(module: URL): Promise<void> {
  const descriptors = createDescriptorReader()();
  const left = (descriptors?.limit ?? Number.POSITIVE_INFINITY) - (descriptors?.open ?? 0);
  if (left < descriptorsWanted) await loadInTurn(module, new Set());
  await import(module.href);
}

/** Those that a module imports come before it, so that each time there is one file to open. */
async function loadInTurn(module: URL, seen: Set<string>): Promise<void> {
  if (seen.has(module.href)) return;
  seen.add(module.href);
  for (const [, path] of readFileSync(module, 'utf8').matchAll(neighbours))
    await loadInTurn(new URL(path!, module), seen);
  await import(module.href);
}
