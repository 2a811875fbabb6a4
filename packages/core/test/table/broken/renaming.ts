import type { Store } from 'changeover/table';
import { type Defect, everyRow, overriding, without } from './defect.ts';

/** What is wrong with stores that do not rename a table as they should. */
export const RENAMING: readonly Defect[] = [
  {
    name: 'renames a table by copying its rows',
    breaks: /^rename: a (table has|table that gets|write beside)/,
    store: (inner) => ({
      rename: async (name, newName) => {
        await copy(inner, name, newName);
        await inner.drop(name);
      },
    }),
  },
  {
    name: 'leaves a copy of a table under the former name',
    breaks: /^rename: (nothing is found|nothing reserved|a new table of the former)/,
    store: (inner) => ({ rename: (name, newName) => copy(inner, name, newName) }),
  },
  {
    name: 'renames nothing, and says that it did',
    breaks:
      /^rename: (a table has|nothing is found|nothing reserved|a table that is not|a name that is|the name that|an|it is)/,
    store: () => ({ rename: async () => undefined }),
  },
  {
    name: 'puts a renamed table in the place of another',
    breaks: /^rename: a name that is taken/,
    store: (inner) => ({
      rename: async (name, newName, options) => {
        if (name !== newName) await inner.drop(newName, options);
        await inner.rename(name, newName, options);
      },
    }),
  },
  {
    name: 'lets everybody rename reserved tables',
    breaks: /^rename: an application/,
    store: (inner) => ({ rename: (name, newName) => inner.rename(name, newName, { reserved: true }) }),
  },
  {
    name: 'renames a table all the same if that was aborted',
    breaks: /^rename: nothing is renamed if/,
    store: (inner) => ({
      rename: (name, newName, options) => inner.rename(name, newName, without(options, 'signal')),
    }),
  },
  {
    name: 'counts versions anew whenever a table is opened',
    breaks: /^rename: a new table of the former/,
    store: (inner) => ({
      open: async (name, options) => {
        const table = await inner.open(name, options);
        let version = 0;
        return overriding(table, {
          write: async (batch, asked) => {
            await table.write(batch, asked);
            version += 1;
            return batch.map(() => ({ version: String(version) }));
          },
        });
      },
    }),
  },
];

async function copy(inner: Store, name: string, newName: string): Promise<void> {
  const rows = await everyRow(await inner.open(name));
  await inner.create(newName);
  await (await inner.open(newName)).load(rows);
}
