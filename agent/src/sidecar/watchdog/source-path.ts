import { isAbsolute, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const scheme = /^[a-z][a-z0-9+.-]*:/i;
/** `webpack://<name of the project>/<path>`, and what other bundlers write in its place. */
const bundlerAddress = /^[a-z][a-z0-9+.-]*:\/\/[^/]*\/+(?:\[project\]\/)?([^?]*)(\?.*)?$/i;
/** Code that the bundler itself has added. */
const bundlerCode = /^(webpack\/|\(webpack\)|external )/;
const drive = /^[a-z]:[\\/]/i;

/** Where a source of a map lies. Bundlers name sources by addresses of their own, relative to the project, which is
 *  taken to be the working directory. Null for a source that is no file here.
 *  Source: Source Map specification (ECMA-426), field sourceRoot; webpack, output.devtoolModuleFilenameTemplate. */
export function sourcePath(
  source: string,
  sourceRoot: string,
  mapDirectory: string,
  workingDirectory: string,
): string | null {
  const isWhole = isAbsolute(source) || (scheme.test(source) && !drive.test(source));
  const full = isWhole || sourceRoot === '' ? source : asFolder(sourceRoot) + source;
  if (!scheme.test(full) || drive.test(full)) return resolve(mapDirectory, full);
  if (full.startsWith('file:')) return pathOfFile(full);
  const path = bundlerAddress.exec(full)?.[1];
  return path === undefined || path === '' || bundlerCode.test(path) ? null : resolve(workingDirectory, path);
}

/** `webpack://` alone has an empty name of the project, which ends with a slash of its own. */
const asFolder = (root: string): string => (root.endsWith('/') && !root.endsWith('://') ? root : `${root}/`);

function pathOfFile(address: string): string | null {
  try {
    return fileURLToPath(address);
  } catch {
    return null;
  }
}
