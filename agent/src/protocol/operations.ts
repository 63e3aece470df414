/** One synchronous call that can hold the main thread: `module.method`. */
export interface Operation {
  readonly module: string;
  readonly method: string;
}

const methods: Readonly<Record<string, string>> = {
  fs: `accessSync appendFileSync chmodSync chownSync closeSync copyFileSync cpSync existsSync fchmodSync fchownSync
    fdatasyncSync fstatSync fsyncSync ftruncateSync futimesSync globSync lchownSync linkSync lstatSync lutimesSync
    mkdirSync mkdtempSync openSync opendirSync readFileSync readSync readdirSync readlinkSync readvSync realpathSync
    renameSync rmSync rmdirSync statSync statfsSync symlinkSync truncateSync unlinkSync utimesSync writeFileSync
    writeSync writevSync`,
  child_process: 'execFileSync execSync spawnSync',
  crypto: `argon2Sync checkPrimeSync diffieHellman generateKeyPairSync generateKeySync generatePrimeSync hash
    hkdfSync pbkdf2Sync privateDecrypt privateEncrypt publicDecrypt publicEncrypt randomBytes randomFillSync
    scryptSync sign verify`,
  zlib: `brotliCompressSync brotliDecompressSync deflateRawSync deflateSync gunzipSync gzipSync inflateRawSync
    inflateSync unzipSync zstdCompressSync zstdDecompressSync`,
  JSON: 'parse stringify',
  Atomics: 'wait',
  Intl: 'Collator DateTimeFormat NumberFormat',
  'Date.prototype': 'toLocaleDateString toLocaleString toLocaleTimeString',
  // Writes to the file descriptors 1 and 2, through the streams or beside them.
  process: 'stdout.write stderr.write',
};

/** Every synchronous call that leaves its number in shared memory while it lasts; the number is the place in this
 *  table, counted from 1. `JSON`, `Atomics`, `Intl`, `Date` and `process` are globals, the others built-in modules;
 *  those of `Intl` are constructors. Methods that a version of Node does not have are skipped. */
export const operations: readonly Operation[] = Object.entries(methods).flatMap(([module, names]) =>
  names.split(/\s+/).map((method) => ({ module, method })),
);

/** Name such as `fs.readFileSync`; null for 0, which stands for no call, and for numbers beyond the table. */
export function operationName(number: number): string | null {
  const operation = operations[number - 1];
  return operation === undefined ? null : `${operation.module}.${operation.method}`;
}

/** Number of an operation in the table; 0, which stands for no call, when it is not there. */
function operationNumber(name: string): number {
  return operations.findIndex(({ module, method }) => `${module}.${method}` === name) + 1;
}

/** Numbers of the synchronous writes to standard output and standard error, by file descriptor. */
export const outputWrites: Readonly<Record<number, number>> = {
  1: operationNumber('process.stdout.write'),
  2: operationNumber('process.stderr.write'),
};

/** Whether a name stands for a synchronous write to standard output or standard error. */
export const isOutputWrite = (name: string | null): boolean =>
  name === 'process.stdout.write' || name === 'process.stderr.write';
