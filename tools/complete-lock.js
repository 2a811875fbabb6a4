/**
 * Completes package-lock.json with the optional packages of other platforms: `npm install && node tools/complete-lock.js`.
 *
 * A registry that mirrors only some platforms leaves their packages out of the lock, and then `npm ci` refuses it
 * everywhere as out of step. An entry with a version, and the platform that its name tells, is all that npm needs in
 * order to pass over the ones that do not fit.
 */
import { readFileSync, writeFileSync } from 'node:fs';

const SYSTEMS = [
  'aix',
  'android',
  'darwin',
  'freebsd',
  'linux',
  'netbsd',
  'openbsd',
  'openharmony',
  'sunos',
  'win32',
];
const PROCESSORS = [
  'arm',
  'arm64',
  'ia32',
  'loong64',
  'mips64el',
  'ppc64',
  'riscv64',
  's390x',
  'wasm32',
  'x64',
];

const lock = JSON.parse(readFileSync('package-lock.json', 'utf8'));
const added = [];
for (const parent of Object.values(lock.packages)) {
  for (const [name, range] of Object.entries(parent.optionalDependencies ?? {})) {
    const path = `node_modules/${name}`;
    if (lock.packages[path]) continue;
    lock.packages[path] = entryOf(name, range, parent.dev === true);
    added.push(name);
  }
}
const paths = Object.keys(lock.packages).toSorted((a, b) => a.localeCompare(b, 'en'));
lock.packages = Object.fromEntries(paths.map((path) => [path, lock.packages[path]]));
writeFileSync('package-lock.json', `${JSON.stringify(lock, null, 2)}\n`);
console.log(`added ${added.length}: ${added.join(', ')}`);

function entryOf(name, range, dev) {
  const words = name.split(/[/-]/).map((word) => word.replace(/(eabihf|eabi|gnueabihf)$/, ''));
  const of = (known) => known.filter((each) => words.includes(each));
  return {
    version: range.replace(/^[^\d]*/, ''),
    ...(of(PROCESSORS).length > 0 ? { cpu: of(PROCESSORS) } : {}),
    ...(dev ? { dev } : {}),
    ...(words.includes('musl') ? { libc: ['musl'] } : {}),
    optional: true,
    ...(of(SYSTEMS).length > 0 ? { os: of(SYSTEMS) } : {}),
  };
}
