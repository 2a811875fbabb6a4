/** The rules of who may import whom. Those of modules and packages are generated from the one list of layers. */
const { LAYERS, PACKAGES } = require('./tools/layers.cjs');

const MODULE_ENTRY = '(contract/)?index[.]ts$';

/** For each name those that it must not import: all that do not stand before it. */
function layered(groups) {
  return groups
    .flatMap((group, index) =>
      group.map((name) => ({
        name,
        others: groups
          .slice(index)
          .flat()
          .filter((other) => other !== name),
      })),
    )
    .filter(({ others }) => others.length > 0);
}

/** What the tests of one package lend to those of another, and to the page of what was tested. */
const TEST_SUPPORT = '^packages/[^/]+/test/.*(arbitraries|-subject|test-server)[.]ts$';

function rule(name, comment, from, to) {
  return { name, severity: 'error', comment, from, to };
}

const modules = layered(LAYERS).map(({ name, others }) =>
  rule(
    `module-${name}`,
    `core/${name} may import only the modules that stand before it in tools/layers.cjs.`,
    { path: `^packages/core/src/${name}/` },
    { path: `^packages/core/src/(${others.join('|')})/` },
  ),
);

const packages = layered(PACKAGES).map(({ name, others }) =>
  rule(
    `package-${name}`,
    `packages/${name} may import only the packages that stand before it in tools/layers.cjs.`,
    { path: `^packages/${name}/` },
    { path: `^packages/(${others.join('|')})/` },
  ),
);

const borders = [
  rule(
    'module-entry',
    'A module of core is entered through its index.ts, or its contract/index.ts.',
    { path: '^packages/core/src/([^/]+)/' },
    { path: '^packages/core/src/', pathNot: `^packages/core/src/($1/|[^/]+/${MODULE_ENTRY})` },
  ),
  rule(
    'package-entry',
    'A package is entered through what it exports, which are index files.',
    { path: '^(packages/[^/]+|examples|bench|tools)/' },
    { path: '^packages/[^/]+/(src|test)/', pathNot: ['^$1/', '/index[.]ts$', TEST_SUPPORT] },
  ),
  rule(
    'vendor-apart',
    "A vendor's folder knows no other vendor; what they share is in host and layout.",
    { path: '^packages/stores/src/([^/]+)/' },
    { path: '^packages/stores/src/[^/]+/', pathNot: '^packages/stores/src/($1|host|layout)/' },
  ),
  rule(
    'vendor-entry',
    "A vendor's folder is entered through its index.ts.",
    { path: '^packages/stores/src/([^/]+)(/|[.]ts$)' },
    { path: '^packages/stores/src/[^/]+/', pathNot: '^packages/stores/src/($1/|[^/]+/index[.]ts$)' },
  ),
  rule(
    'source-not-test',
    'What ships imports neither tests nor what only tests need.',
    { path: '^packages/[^/]+/src/' },
    { path: '^packages/[^/]+/test/' },
  ),
  rule(
    'source-not-development',
    'What ships imports neither tests nor what only tests need.',
    { path: '^packages/[^/]+/src/' },
    { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'] },
  ),
];

const purity = [
  rule(
    'core-no-dependency',
    'core has no dependency: stores, clocks and randomness are handed in.',
    { path: '^packages/core/src/' },
    { path: '(^|/)node_modules/' },
  ),
  rule(
    'core-no-world',
    'core touches no network, file, timer or process: of the platform it has hashes and buffers.',
    { path: '^packages/core/src/', pathNot: '/contract/' },
    { dependencyTypes: ['core'], pathNot: '^(node:)?(crypto|buffer)$' },
  ),
  rule(
    'contract-no-world',
    'A contract suite runs on node:assert, for any runner.',
    { path: '^packages/core/src/[^/]+/contract/' },
    { dependencyTypes: ['core'], pathNot: '^(node:)?(crypto|buffer|assert|assert/strict)$' },
  ),
];

const soundness = [
  rule('no-circle', 'Files that import each other cannot be read one by one.', {}, { circular: true }),
  rule('no-unknown', 'What cannot be found cannot be checked.', {}, { couldNotResolve: true }),
];

module.exports = {
  forbidden: [...modules, ...packages, ...borders, ...purity, ...soundness],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)dist/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: `${__dirname}/tsconfig.check.json` },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['@changeover/source', 'import', 'node', 'default'],
      extensions: ['.ts', '.js', '.cjs', '.json'],
    },
  },
};
