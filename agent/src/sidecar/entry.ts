import { load } from '../load-in-turn.js';

await load(new URL('main.js', import.meta.url));
