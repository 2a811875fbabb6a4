/**
 * Who may import whom, once. The dependency rules are generated from this, and so is the map in ARCHITECTURE.md.
 *
 * Each entry of a list may import the entries before it. Entries in one brace never import each other.
 */
const LAYERS = [
  ['std'],
  ['table'],
  ['fence'],
  ['control'],
  ['transfer'],
  ['move', 'live', 'queue', 'gate', 'kvs', 'evolve'],
  ['cutover'],
  ['coordinator'],
];

const PACKAGES = [['core', 'tester'], ['stores'], ['gateway', 'dashboard'], ['cli'], ['sim']];

module.exports = { LAYERS, PACKAGES };
