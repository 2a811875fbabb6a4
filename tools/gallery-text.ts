import type { Report } from '@changeover/tester';

/** What was found in one mutant. */
export interface Entry {
  /** What is broken in it. */
  readonly broken: string;
  readonly kind: string;
  /** The first line of why it fails. */
  readonly sentence: string;
  /** Its steps and its cause, as a report has them. */
  readonly text: string;
  readonly token: string;
}

export type Entries = Readonly<Record<string, Entry>>;

export function entryOf(broken: string, report: Report): Entry | undefined {
  const { found } = report;
  if (!found) return undefined;
  const { kind, message } = found.failure;
  return {
    broken,
    kind,
    sentence: message.split('\n', 1)[0] as string,
    text: bodyOf(report.toString()),
    token: found.token,
  };
}

/** Steps and cause: what stands between the program, if there is one, and how it was found. */
function bodyOf(report: string): string {
  const lines = report.split('\n');
  const program = lines.findIndex((line) => line.startsWith('program: '));
  const from = program < 0 ? lines.indexOf('') + 1 : program + 2;
  const to = lines.findIndex((line) => line.startsWith('found in ') || line === 'run from its token');
  return lines
    .slice(from, to)
    .map((line) => (line.length > 200 ? `${line.slice(0, 199)}…` : line))
    .join('\n')
    .trimEnd();
}

/**
 * @param mutants of how many these are what was found
 * @param pages those mutants that have a page, and `pictures` those that have a picture of it
 */
export function galleryText(
  entries: readonly (readonly [string, Entry])[],
  mutants: number,
  pages: readonly string[],
  pictures: readonly string[],
): string {
  const sections = entries.flatMap(([name, { broken, kind, sentence, text, token }]) => [
    `## ${name}`,
    '',
    `${broken[0]?.toUpperCase()}${broken.slice(1)}${broken.endsWith('.') ? '' : '.'}`,
    '',
    ...(pages.includes(name) ? [`[The page](${name}.html)`, ''] : []),
    ...(pictures.includes(name) ? [`![The page of ${name}](${name}.png)`, ''] : []),
    '```text',
    `${kind}: ${sentence}`,
    '',
    text,
    '',
    `token: ${token}`,
    '```',
    '',
  ]);
  return [
    '# What the tester finds',
    '',
    'Each of these is a defect that was put into a protocol on purpose, and the schedule that the tester has shrunk it to. First',
    'those of our live protocol, then those of the original. Written by `npm run docs:gallery`; do not edit.',
    '',
    `Here are ${entries.length} of ${mutants}; a mutant that is not here was not searched for yet, or not found in the time for it.`,
    '',
    ...sections,
  ].join('\n');
}
