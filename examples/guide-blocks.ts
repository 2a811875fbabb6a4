import { readFile } from 'node:fs/promises';

/** A piece of code, or of output, that a page shows. */
export interface Block {
  readonly language: string;
  /** `FILE#REGION` */
  readonly from: string;
  readonly text: string;
}

export function blocksOf(page: string): Block[] {
  const fences = page.matchAll(/^```(\w+) (\S+\.[jt]s#[\w-]+)\n(.*?)^```$/gms);
  return [...fences].map(([, language = '', from = '', text = '']) => ({ language, from, text }));
}

/** What stands between the comments of a region, as far to the left as it goes. */
export async function regionOf(from: string, folder: URL): Promise<string> {
  const [file = '', region = ''] = from.split('#');
  const code = await readFile(new URL(file, folder), 'utf8');
  const text = new RegExp(`^ *// #region ${region}\\n(.*?)^ *// #endregion`, 'ms').exec(code)?.[1];
  if (text === undefined) throw new Error(`${file} has no region ${region}`);
  const margin = /^ */.exec(text)?.[0].length ?? 0;
  return text.replaceAll(new RegExp(`^ {${margin}}`, 'gm'), '');
}
