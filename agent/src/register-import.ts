/** What `--import @faultline/agent/register` loads: `register.js`, which `-r` loads at once, where few files may be open. */
import { load } from './load-in-turn.js';

await load(new URL('register.js', import.meta.url));
