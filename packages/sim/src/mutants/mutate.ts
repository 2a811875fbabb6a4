import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { compileFunction } from 'node:vm';
import ts from 'typescript';

/** A change of the text of one file. */
export interface Edit {
  /** Relative to the folder. */
  readonly file: string;
  /** Must stand in the file exactly once. */
  readonly find: string;
  readonly replace: string;
}

/** A deliberate defect. */
export interface Mutant {
  readonly name: string;
  readonly edits: readonly Edit[];
}

type Exports = Record<string, unknown>;

/**
 * A module of a folder as it would be with the defect: its files are read, changed, translated and run anew, for this
 * module alone. What they import from elsewhere is what everybody else has.
 *
 * @param folder URL of the folder, with a slash at its end
 * @param entry a file in the folder
 * @throws an Error if the text to be found is not there, or there more than once
 */
export async function mutate<Module>(folder: URL, entry: string, mutant: Mutant): Promise<Module> {
  const loaded = new Map<string, Exports>();
  const load = async (url: URL): Promise<Exports> => {
    const known = loaded.get(url.href);
    if (known) return known;
    const exports: Exports = {};
    loaded.set(url.href, exports); // before its imports: they may come back to it
    const file = url.href.slice(folder.href.length);
    const text = edited(await readFile(url, 'utf8'), file, mutant);
    const imports = new Map<string, Exports>();
    const code = translated(text, file);
    for (const { fileName } of ts.preProcessFile(code, true, true).importedFiles) {
      const target = fileName.startsWith('.') ? new URL(fileName, url) : undefined;
      imports.set(
        fileName,
        target?.href.startsWith(folder.href)
          ? await load(target)
          : ((await import(target?.href ?? fileName)) as Exports),
      );
    }
    const run = compileFunction(code, ['require', 'exports'], {
      filename: `${fileURLToPath(url)}#${mutant.name}`,
    });
    run((name: string) => imports.get(name), exports);
    return exports;
  };
  for (const { file, find } of mutant.edits) await anchored(new URL(file, folder), find, mutant);
  return (await load(new URL(entry, folder))) as Module;
}

async function anchored(url: URL, find: string, { name }: Mutant): Promise<void> {
  const count = (await readFile(url, 'utf8')).split(find).length - 1;
  if (count !== 1) {
    throw new Error(
      `mutant ${name}: its text stands ${count} times in ${fileURLToPath(url)}, and must stand once:\n${find}`,
    );
  }
}

function edited(text: string, file: string, { edits }: Mutant): string {
  return edits
    .filter((edit) => edit.file === file)
    .reduce((before, { find, replace }) => before.replace(find, () => replace), text);
}

/** Modules of the older kind can be run from a text, and be handed what they import: real modules, with a default. */
function translated(text: string, file: string): string {
  return ts.transpileModule(text, {
    fileName: file,
    compilerOptions: {
      module: ts.ModuleKind.CommonJS,
      target: ts.ScriptTarget.ES2023,
      esModuleInterop: false,
    },
  }).outputText;
}
