import { readFile, writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';

/** One table of results.md. */
export interface Section {
  readonly title: string;
  readonly body: readonly string[];
}

const RESULTS = fileURLToPath(new URL('results.md', import.meta.url));
const HEAD = `# Figures

Written by \`npm run bench\`. Both sides of a ratio are measured in one run, on one machine, in turn. Ratios carry over to
other machines; absolute figures do not.
`;

/** Puts a section into results.md in place of the one with its title, or behind the others. */
export async function writeSection({ title, body }: Section): Promise<void> {
  const before = await readFile(RESULTS, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return HEAD;
    throw error;
  });
  const [head = HEAD, ...sections] = before.split(/^## /m);
  const text = `${title}\n\n${body.join('\n')}\n\nMeasured ${new Date().toISOString().slice(0, 10)}, ${machine()}.\n`;
  const others = sections
    .filter((section) => !section.startsWith(`${title}\n`))
    .map((section) => `${section.trim()}\n`);
  await writeFile(RESULTS, [`${head.trim()}\n`, ...others, text].join('\n## '));
}

function machine(): string {
  const processors = cpus();
  return `Node ${process.versions.node}, ${processors.length} × ${processors[0]?.model.trim() ?? 'unknown processor'}`;
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

export function thousands(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}
