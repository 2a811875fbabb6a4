import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import layers from './layers.cjs';

const { LAYERS, PACKAGES } = layers;
const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const CONFIG = join(ROOT, '.dependency-cruiser.cjs');

/** Imports that break exactly one rule each: the rule, the importing file, and what it imports. */
const VIOLATIONS: readonly (readonly [rule: string, from: string, imported: string])[] = [
  ['module-entry', 'packages/core/src/table/deep.ts', '../std/inner.ts'],
  ['package-entry', 'packages/cli/src/deep.ts', '../../core/src/std/inner.ts'],
  ['package-entry', 'examples/deep.ts', '../packages/core/src/std/inner.ts'],
  ['vendor-apart', 'packages/stores/src/sqlite/sibling.ts', '../lmdb/index.ts'],
  ['vendor-entry', 'packages/stores/src/resolve.ts', './lmdb/inner.ts'],
  ['source-not-test', 'packages/cli/src/test-user.ts', '../test/helper.ts'],
  ['source-not-development', 'packages/cli/src/tool-user.ts', 'only-for-tests'],
  ['core-no-dependency', 'packages/core/src/std/driver.ts', 'a-driver'],
  ['core-no-world', 'packages/core/src/std/files.ts', 'node:fs'],
  ['core-no-world', 'packages/core/src/std/timers.ts', 'node:timers/promises'],
  ['core-no-world', 'packages/core/src/std/assert.ts', 'node:assert/strict'],
  ['contract-no-world', 'packages/core/src/table/contract/files.ts', 'node:fs'],
  ['no-circle', 'packages/core/src/std/chicken.ts', './egg.ts'],
  ['no-unknown', 'packages/core/src/std/lost.ts', './nowhere.ts'],
];

/** Imports that no rule may refuse. */
const LEGAL: readonly (readonly [from: string, imported: string])[] = [
  ['packages/core/src/std/hash.ts', 'node:crypto'],
  ['packages/core/src/table/contract/suite.ts', 'node:assert/strict'],
  ['packages/core/src/control/suite-user.ts', '../table/contract/index.ts'],
  ['packages/core/src/table/neighbour.ts', './inner.ts'],
  ['packages/core/test/insider.ts', '../src/std/inner.ts'],
  ['packages/stores/src/sqlite/host-user.ts', '../host/index.ts'],
  ['packages/stores/src/sqlite/url-user.ts', '../store-url.ts'],
  ['packages/stores/src/resolve-lmdb.ts', './lmdb/index.ts'],
  ['packages/cli/src/driver-user.ts', 'a-driver'],
  ['packages/cli/test/tool-user.ts', 'only-for-tests'],
];

/** What the imports above lead to, and manifests that say what may be used for what. */
const FILES: Readonly<Record<string, string>> = {
  'packages/core/package.json': '{"name":"core","dependencies":{"a-driver":"1.0.0"}}',
  'packages/cli/package.json':
    '{"name":"cli","dependencies":{"a-driver":"1.0.0"},"devDependencies":{"only-for-tests":"1.0.0"}}',
  'node_modules/a-driver/package.json': '{"name":"a-driver","version":"1.0.0","main":"index.js"}',
  'node_modules/a-driver/index.js': '',
  'node_modules/only-for-tests/package.json': '{"name":"only-for-tests","version":"1.0.0","main":"index.js"}',
  'node_modules/only-for-tests/index.js': '',
  'packages/core/src/std/inner.ts': 'export {};',
  'packages/core/src/std/egg.ts': "import './chicken.ts';",
  'packages/core/src/table/inner.ts': 'export {};',
  'packages/core/src/table/contract/index.ts': 'export {};',
  'packages/stores/src/store-url.ts': 'export {};',
  'packages/stores/src/host/index.ts': 'export {};',
  'packages/stores/src/lmdb/index.ts': 'export {};',
  'packages/stores/src/lmdb/inner.ts': 'export {};',
  'packages/cli/test/helper.ts': 'export {};',
};

interface Violation {
  readonly rule: string;
  readonly from: string;
}

let tree: string;
let violations: readonly Violation[];

beforeAll(async () => {
  tree = await mkdtemp(join(tmpdir(), 'changeover-layers-'));
  for (const [path, text] of Object.entries(FILES)) await put(path, text);
  for (const [, from, imported] of VIOLATIONS) await put(from, `import '${imported}';`);
  for (const [from, imported] of LEGAL) await put(from, `import '${imported}';`);
  for (const name of LAYERS.flat()) await putEntry(`packages/core/src/${name}`, LAYERS.flat(), name, '..');
  for (const name of PACKAGES.flat())
    await putEntry(`packages/${name}/src`, PACKAGES.flat(), name, '../..', '/src');
  violations = await cruise();
});

afterAll(() => rm(tree, { recursive: true, force: true }));

describe('the rules of imports', () => {
  test.each(VIOLATIONS)('%s refuses that %s imports %s', (rule, from) => {
    expect(rulesAgainst(from)).toContain(rule);
  });

  test.each(LEGAL)('let %s import %s', (from) => {
    expect(rulesAgainst(from)).toEqual([]);
  });

  test.each(pairsOf(LAYERS))('%s', (_claim, from, to, isLegal) => {
    const expected = isLegal ? [] : [`module-${from}`];
    expect(rulesAgainst(`packages/core/src/${from}/to-${to}.ts`)).toEqual(expected);
  });

  test.each(pairsOf(PACKAGES))('for packages, %s', (_claim, from, to, isLegal) => {
    const expected = isLegal ? [] : [`package-${from}`];
    expect(rulesAgainst(`packages/${from}/src/to-${to}.ts`)).toEqual(expected);
  });

  test('were each seen to refuse something', () => {
    const { forbidden } = createRequire(import.meta.url)(CONFIG) as {
      forbidden: readonly { name: string }[];
    };
    const seen = new Set(violations.map(({ rule }) => rule));
    expect(forbidden.map(({ name }) => name).filter((name) => !seen.has(name))).toEqual([]);
  });
});

test('every module of core has its place in the layers', async () => {
  const modules = await readdir(join(ROOT, 'packages/core/src'));
  expect(modules.filter((name) => !LAYERS.flat().includes(name))).toEqual([]);
});

test('every package has its place in the layers', async () => {
  const packages = await readdir(join(ROOT, 'packages'));
  expect(packages.filter((name) => !PACKAGES.flat().includes(name))).toEqual([]);
});

/** Every ordered pair of two names, and whether the first stands in a later group than the second. */
function pairsOf(groups: readonly (readonly string[])[]): [string, string, string, boolean][] {
  const placed = groups.flatMap((group, place) => group.map((name) => ({ name, place })));
  return placed.flatMap((from) =>
    placed
      .filter((to) => to.name !== from.name)
      .map((to): [string, string, string, boolean] => {
        const isLegal = to.place < from.place;
        return [
          `${from.name} ${isLegal ? 'may' : 'must not'} import ${to.name}`,
          from.name,
          to.name,
          isLegal,
        ];
      }),
  );
}

/** An index.ts, and beside it one file for each of the others that imports that one's index.ts. */
async function putEntry(
  folder: string,
  names: readonly string[],
  self: string,
  up: string,
  below = '',
): Promise<void> {
  await put(`${folder}/index.ts`, 'export {};');
  for (const other of names.filter((name) => name !== self)) {
    await put(`${folder}/to-${other}.ts`, `import '${up}/${other}${below}/index.ts';`);
  }
}

async function put(path: string, text: string): Promise<void> {
  await mkdir(dirname(join(tree, path)), { recursive: true });
  await writeFile(join(tree, path), text);
}

function rulesAgainst(file: string): readonly string[] {
  return violations.filter(({ from }) => from === file).map(({ rule }) => rule);
}

async function cruise(): Promise<readonly Violation[]> {
  // The resolver looks for the compiler's options where it runs.
  for (const name of ['tsconfig.base.json', 'tsconfig.check.json'])
    await cp(join(ROOT, name), join(tree, name));
  const cruiser = join(ROOT, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs');
  const options = ['--config', CONFIG, '--output-type', 'json', 'packages', 'examples'];
  // It exits with the number of errors, which here is what we are after; only its output counts.
  const { stdout } = await promisify(execFile)(process.execPath, [cruiser, ...options], {
    cwd: tree,
    maxBuffer: 64 * 1024 * 1024,
  }).catch((error: unknown) => error as { stdout: string });
  const { summary } = JSON.parse(stdout) as {
    summary: { violations: { rule: { name: string }; from: string }[] };
  };
  return summary.violations.map(({ rule, from }) => ({ rule: rule.name, from }));
}
