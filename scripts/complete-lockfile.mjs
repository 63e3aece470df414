// npm leaves a platform's optional package out of package-lock.json when the registry at hand does not mirror it,
// and `npm ci` then refuses the whole file. This adds what is missing, from the versions and names that the parent
// package lists, so that the file serves every platform. With --check it only says whether anything is missing.
// An added entry has no integrity hash: npm writes it at the next `npm install` on a full registry.
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const path = fileURLToPath(new URL('../package-lock.json', import.meta.url));
const lock = JSON.parse(readFileSync(path, 'utf8'));
const systems = [
  'aix',
  'android',
  'darwin',
  'freebsd',
  'linux',
  'netbsd',
  'openbsd',
  'sunos',
  'win32',
  'wasi',
];
const processors = [
  'arm64',
  'arm',
  'ia32',
  'loong64',
  'mips64el',
  'ppc64',
  'riscv64',
  's390x',
  'wasm32',
  'x64',
];

const missing = Object.values(lock.packages).flatMap((parent) =>
  Object.entries(parent.optionalDependencies ?? {})
    .filter(([name, version]) => /^\d/.test(version) && !(`node_modules/${name}` in lock.packages))
    .map(([name, version]) => [`node_modules/${name}`, describe(name, version, parent)]),
);

if (missing.length > 0 && process.argv.includes('--check')) {
  const names = missing.map(([key]) => key.slice('node_modules/'.length)).join(', ');
  process.stderr.write(`package-lock.json lacks ${names}. Run node scripts/complete-lockfile.mjs.\n`);
  process.exit(1);
}
if (missing.length > 0) {
  const entries = [...Object.entries(lock.packages), ...missing];
  lock.packages = Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
  writeFileSync(path, `${JSON.stringify(lock, null, 2)}\n`);
}

function describe(name, version, parent) {
  const words = name.split(/[-/]/);
  const cpu = processors.find((processor) => words.includes(processor)) ?? words.at(-1);
  const os = systems.find((system) => words.includes(system));
  const libc = words.includes('musl') ? ['musl'] : undefined;
  return {
    version,
    cpu: [cpu],
    ...(parent.dev && { dev: true }),
    ...(libc && { libc }),
    optional: true,
    ...(os && os !== 'wasi' && { os: [os] }),
  };
}
