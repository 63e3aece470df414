import { delimiter, join } from 'node:path';

/** PATH for the steps of a page: the repository's own commands first, so that `faultline` is this checkout's. */
export function stepPath(root: string, path: string): string {
  return [join(root, 'node_modules/.bin'), path].join(delimiter);
}
