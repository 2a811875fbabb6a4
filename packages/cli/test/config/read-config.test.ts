import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readConfig } from '../../src/config/read-config.ts';

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'changeover-config-'));
});

afterEach(() => rm(directory, { recursive: true }));

async function read(text: string) {
  await writeFile(join(directory, 'move.yaml'), text);
  return readConfig('move.yaml', directory);
}

const STORES = 'source: sqlite:a.db\ntarget: sqlite:b.db\n';

describe('a config', () => {
  test('takes one column, or a list of them, for a key', async () => {
    const { tables } = await read(
      `${STORES}tables: [{source: {table: t, partitionKey: a, rowKey: [b, c]}}]\n`,
    );
    expect(tables?.[0]?.source).toEqual({ table: 't', partitionKey: ['a'], rowKey: ['b', 'c'] });
  });

  test('takes a name for a table of our own layout', async () => {
    const { tables } = await read(`${STORES}tables: [{source: t}]\n`);
    expect(tables).toEqual([{ source: { table: 't' } }]);
  });

  test('has its control store beside it, unless it names one', async () => {
    const paths = [
      (await read('threads: 1\n')).controlPath,
      (await read('control: sqlite:x.db\n')).controlPath,
    ];
    expect(paths).toEqual([join(directory, '.changeover/control.db'), join(directory, 'x.db')]);
  });
});

describe('what is wrong with a config is told with its file, line and key', () => {
  test.each([
    ['source: x\nsorce: y\n', 'move.yaml:2: sorce: there is no such key', 'Did you mean source?'],
    ['zzz: 1\n', 'move.yaml:1: zzz: there is no such key', 'Known here: source, target'],
    ['tables:\n  - source: t\n    wher: x\n', 'move.yaml:3: tables[0].wher: ', 'Did you mean where?'],
    ['tables:\n  - source:\n      tble: t\n', 'move.yaml:3: tables[0].source.tble: ', 'Did you mean table?'],
    ['\nthreads: 0\n', 'move.yaml:2: threads: must be a whole number from 1 to 256', 'config.md'],
    ['rate: 1.5\n', 'move.yaml:1: rate: must be a whole number', 'config.md'],
    ['batchRows: many\n', 'move.yaml:1: batchRows: must be a whole number', 'config.md'],
    ['tables: []\n', 'move.yaml:1: tables: must list at least one table', 'config.md'],
    ['tables:\n  - target: t\n', 'move.yaml:2: tables[0].source: must be the name of a table', 'config.md'],
    [
      'tables:\n- source: t\n- source: {table: t, rowKey: a}\n',
      'move.yaml:3: tables[1].source: a mapping needs both',
      'config.md',
    ],
    [
      'tables:\n- source: {table: t, version: a}\n',
      'move.yaml:2: tables[0].source: version and types belong to a mapping',
      'config.md',
    ],
    [
      'tables:\n- source:\n    table: t\n    partitionKey: a,b\n    rowKey: c\n',
      'move.yaml:4: tables[0].source.partitionKey[0]: a column name must not',
      'config.md',
    ],
    [
      'tables:\n- source:\n    table: t\n    types: {a: int}\n',
      'move.yaml:4: tables[0].source.types.a: must be one of string',
      'config.md',
    ],
    ['control: c.db\n', 'move.yaml:1: control: does not name a control store', 'sqlite:'],
    ['a: b: c\n', 'move.yaml:1: column 4: ', 'YAML'],
    ['source: a\nsource: b\n', 'move.yaml:2: column 1: Map keys must be unique', 'YAML'],
    ['source: !env NAME\n', 'move.yaml:1: column 9: Unresolved tag', 'YAML'],
    ['- source\n', 'move.yaml:1: must be a mapping', 'config.md'],
  ])('%j', async (text, message, hint) => {
    await expect(read(text)).rejects.toMatchObject({
      code: 'CLI_CONFIG_INVALID',
      message: expect.stringContaining(message),
      hint: expect.stringContaining(hint),
    });
  });

  test('aliases that multiply without end are refused', async () => {
    const levels = Array.from(
      { length: 9 },
      (_, level) => `l${level + 1}: &l${level + 1} [${`*l${level},`.repeat(9)}]`,
    );
    await expect(read(`l0: &l0 [x]\n${levels.join('\n')}\n`)).rejects.toMatchObject({
      code: 'CLI_CONFIG_INVALID',
      message: expect.stringContaining('alias'),
    });
  });

  test('a config that is not there', async () => {
    await expect(readConfig('none.yaml', directory)).rejects.toMatchObject({
      code: 'CLI_CONFIG_INVALID',
      message: expect.stringMatching(/^the config none\.yaml cannot be read: ENOENT/),
    });
  });
});
