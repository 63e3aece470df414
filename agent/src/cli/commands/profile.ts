import { writeFileSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { FaultlineError } from '../../errors.js';
import { profileSeconds } from '../../protocol/profile.js';
import { usageError } from '../arguments.js';
import { connect } from '../client.js';
import type { Command } from '../command.js';

const kinds: readonly string[] = ['cpu', 'heap'];

/** Takes a profile and writes it into the working directory; Ctrl-C gives it up. */
export const profile: Command = {
  name: 'profile',
  usage: 'profile cpu|heap [PID|SERVICE]',
  summary: `write a profile of ${profileSeconds.fallback} s (--seconds N) into this directory, and print its path`,
  async run({ typed, environment, print, progress, signal }) {
    const [kind = '', wanted = null, ...more] = typed.operands;
    if (!kinds.includes(kind))
      throw usageError(`profile wants cpu or heap; got ${kind === '' ? 'neither' : `"${kind}"`}.`);
    if (more.length > 0) throw usageError('profile wants one pid or service at the most.');
    const client = connect(typed, environment, wanted);
    const seconds = typed.seconds ?? profileSeconds.fallback;
    try {
      progress(`recording for ${seconds} s`);
      const { name, body } = await client.download(`/profiles/${kind}?seconds=${seconds}`, signal);
      progress(null);
      const file = write(name ?? `faultline.${kind}profile`, body);
      print(typed.json ? JSON.stringify({ file, bytes: body.byteLength, kind, seconds }) : file);
      return 0;
    } finally {
      progress(null);
    }
  },
};

/** A name that a server sends must not lead out of the working directory, and no file is overwritten. */
function write(name: string, body: Uint8Array): string {
  const file = resolve(basename(name));
  try {
    writeFileSync(file, body, { flag: 'wx', mode: 0o600 });
    return file;
  } catch (error) {
    const because = error instanceof Error ? error.message : String(error);
    throw new FaultlineError('ERR_FAULTLINE_FILE', `The profile could not be written: ${because}.`, {
      cause: error,
    });
  }
}
