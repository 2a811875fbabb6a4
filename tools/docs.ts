/** Writes the pages, and parts of pages, that are made from the code. `npm run docs`. */
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { layersMap } from './layers-map.ts';
import { renderSupportTable } from './support-table.ts';
import { supportedStores } from './supported-stores.ts';

export interface Page {
  readonly path: string;
  readonly before: string;
  readonly after: string;
}

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** Every generated page as it is and as it should be. */
export async function pages(): Promise<readonly Page[]> {
  const map = layersMap((path) => existsSync(ROOT + path));
  return [
    await page('ARCHITECTURE.md', (text) => between(text, 'layers', map)),
    await page('docs/reference/stores.md', async () => renderSupportTable(await supportedStores())),
  ];
}

async function page(path: string, render: (before: string) => string | Promise<string>): Promise<Page> {
  const before = existsSync(ROOT + path) ? await readFile(ROOT + path, 'utf8') : '';
  return { path, before, after: await render(before) };
}

/** Replaces what stands between the two comments of a name. */
function between(text: string, name: string, content: string): string {
  const [begin, end] = [`<!-- ${name}:begin -->`, `<!-- ${name}:end -->`];
  const [start, stop] = [text.indexOf(begin), text.indexOf(end)];
  if (start < 0 || stop < start) throw new Error(`the comments of ${name} are not there`);
  return `${text.slice(0, start + begin.length)}\n${content}\n${text.slice(stop)}`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const { path, before, after } of await pages()) {
    if (before === after) continue;
    await writeFile(ROOT + path, after);
    console.log(`wrote ${path}`);
  }
}
