import layers from './layers.cjs';

const { LAYERS, PACKAGES } = layers;

/** The map of ARCHITECTURE.md: who may import whom, of what exists. */
export function layersMap(exists: (path: string) => boolean): string {
  const modules = LAYERS.map((group) => group.filter((name) => exists(`packages/core/src/${name}`)));
  const packages = PACKAGES.map((group) => group.filter((name) => exists(`packages/${name}`)));
  return [
    '```',
    `packages      ${row(packages)}`,
    `inside core   ${row(modules)}`,
    '```',
    '',
    'Each may import what stands to its left; entries in one brace never import each other.',
  ].join('\n');
}

function row(groups: readonly (readonly string[])[]): string {
  return groups
    .filter((group) => group.length > 0)
    .map((group) => (group.length === 1 ? group[0] : `{ ${group.join('  ')} }`))
    .join(' ◄ ');
}
