import assert from 'node:assert/strict';
import Database from 'better-sqlite3';
import { sameValue, VALUE_TYPES, type Value, type ValueType } from 'changeover/table';
import fc from 'fast-check';
import { describe, test } from 'vitest';
import {
  type Affinity,
  affinityOf,
  type PropertyColumn,
  problemOfStoring,
  type Stored,
  storedOfValue,
  valueOfStored,
} from '../../src/sqlite/sqlite-mapped-codec.ts';

const DECLARED = ['INTEGER', 'BIGINT', 'REAL', 'DOUBLE PRECISION', 'TEXT', 'VARCHAR(9)', 'BLOB', ''].concat([
  'NUMERIC',
  'DECIMAL(9,2)',
  'BOOLEAN',
  'DATETIME',
  'ANY',
  'FLOATING POINT',
]);

const STRICT_DECLARED = ['INT', 'INTEGER', 'REAL', 'TEXT', 'BLOB', 'ANY'];

const TEXTS = [
  '',
  'a',
  '5',
  ' 5 ',
  '05',
  '+5',
  '.5',
  '5.',
  '5e1',
  '5e',
  '0x5',
  '-0',
  '9e999',
  '1_0',
  'nan',
  'Infinity',
]
  .concat(['9223372036854775808', '5\0', '5\0x', '\x005', '\ue000😀', '٣'])
  .map((value): Value => ({ type: 'string', value }));

const INTEGERS = [0n, 1n, -1n, 7n, 2n ** 31n, 2n ** 53n + 1n, 2n ** 63n - 1n, -(2n ** 63n)].map(
  (value): Value => ({ type: 'int64', value }),
);

const DOUBLES = [
  0,
  -0,
  1,
  1.5,
  0.1,
  Number.NaN,
  Infinity,
  -Infinity,
  5e-324,
  1e300,
  2 ** 53,
  2 ** 63,
  -(2 ** 63),
  2 ** 63 - 1024,
].map((value): Value => ({ type: 'double', value }));

const VALUES: readonly Value[] = [
  ...TEXTS,
  ...INTEGERS,
  ...DOUBLES,
  { type: 'boolean', value: true },
  { type: 'boolean', value: false },
  { type: 'int32', value: 5 },
  { type: 'int32', value: -(2 ** 31) },
  { type: 'decimal', value: '1.50' },
  { type: 'decimal', value: '7' },
  { type: 'datetime', value: '2012-02-18T00:00:00.0000000Z' },
  { type: 'guid', value: '00000000-0000-0000-0000-000000000000' },
  { type: 'guid', value: '12345678-1234-1234-1234-123456789012' },
  { type: 'binary', value: new Uint8Array() },
  { type: 'binary', value: new Uint8Array([0, 53, 255]) },
  { type: 'json', value: '[1.0]' },
  { type: 'json', value: ' 5' },
];

describe('a value has a problem exactly if the column would not give it back', () => {
  for (const type of [undefined, ...VALUE_TYPES]) {
    test(`mapped as ${type ?? 'what it is'}`, () => {
      for (const column of columns(type)) {
        const attempt = storage(column);
        for (const value of VALUES) assertPredicted(column, value, attempt);
        attempt.close();
      }
    });
  }

  test('for text of any shape that might be a number', () => {
    const texts = fc.string({
      unit: fc.constantFrom(...' |\t|\n|\v|0|5|9|.|e|E|+|-|\0|x|a'.split('|')),
      maxLength: 7,
    });
    for (const declared of ['INTEGER', 'NUMERIC', 'REAL']) {
      const column = columnOf(declared, false, undefined);
      const attempt = storage(column);
      fc.assert(
        fc.property(texts, (value) => assertPredicted(column, { type: 'string', value }, attempt)),
        { numRuns: 3_000 },
      );
      attempt.close();
    }
  });

  test('for any double', () => {
    for (const declared of DECLARED) {
      const column = columnOf(declared, false, undefined);
      const attempt = storage(column);
      const doubles = fc.oneof(fc.double(), fc.maxSafeInteger(), fc.double({ noNaN: true }).map(Math.round));
      fc.assert(fc.property(doubles, (value) => assertPredicted(column, { type: 'double', value }, attempt)));
      attempt.close();
    }
  });
});

test('a stored value of another storage class keeps its own type', () => {
  assert.deepEqual(valueOfStored('int64', 'x'), { type: 'string', value: 'x' });
  assert.deepEqual(valueOfStored('datetime', 5n), { type: 'int64', value: 5n });
  assert.deepEqual(valueOfStored('boolean', 1.5), { type: 'double', value: 1.5 });
});

test('a stored value of the right class that is none of the type is no value at all', () => {
  const misfits: readonly [ValueType, NonNullable<Stored>][] = [
    ['boolean', 7n],
    ['int32', 2n ** 31n],
    ['double', 2n ** 53n + 1n],
    ['decimal', '1e5'],
    ['datetime', '2012-02-18'],
    ['guid', 'ABCDEF00-0000-0000-0000-000000000000'],
    ['json', '{'],
  ];
  for (const [type, stored] of misfits)
    assert.equal(valueOfStored(type, stored), undefined, `${type} ${String(stored)}`);
});

test('a column mapped as double reads the integers that a numeric column makes of doubles', () => {
  assert.deepEqual(valueOfStored('double', 5n), { type: 'double', value: 5 });
});

test('affinities follow the rules in their order', () => {
  const expected: Readonly<Record<string, Affinity>> = {
    'FLOATING POINT': 'INTEGER',
    CHARINT: 'INTEGER',
    NCHAR: 'TEXT',
    TINYBLOB: 'BLOB',
    DOUBLE: 'REAL',
    STRING: 'NUMERIC',
    ANY: 'NUMERIC',
    '': 'BLOB',
  };
  for (const [declared, affinity] of Object.entries(expected))
    assert.equal(affinityOf(declared, false), affinity);
  assert.equal(affinityOf('ANY', true), 'BLOB');
});

function columns(type: ValueType | undefined): readonly PropertyColumn[] {
  return [
    ...DECLARED.map((declared) => columnOf(declared, false, type)),
    ...STRICT_DECLARED.map((declared) => columnOf(declared, true, type)),
  ];
}

function columnOf(declared: string, strict: boolean, type: ValueType | undefined): PropertyColumn {
  return { name: 'c', declared, affinity: affinityOf(declared, strict), strict, type, required: false };
}

interface Storage {
  /** What the real column holds after the write; undefined if it refuses it. */
  (stored: Stored): Stored | undefined;
  close(): void;
}

function storage({ declared, strict }: PropertyColumn): Storage {
  const db = new Database(':memory:');
  db.defaultSafeIntegers(true);
  db.exec(`create table t (k INTEGER PRIMARY KEY, c ${declared}) ${strict ? 'STRICT' : ''}`);
  const write = db.prepare('insert or replace into t values (1, ?)');
  const read = db.prepare('select c from t').pluck();
  const attempt = (stored: Stored) => {
    try {
      write.run(stored);
    } catch (error) {
      assert.match(String(error), /cannot store/);
      return undefined;
    }
    return read.get() as Stored;
  };
  return Object.assign(attempt, { close: () => db.close() });
}

function assertPredicted(column: PropertyColumn, value: Value, attempt: Storage): void {
  const stored = attempt(storedOfValue(value));
  const read = stored === undefined || stored === null ? undefined : valueOfStored(column.type, stored);
  const kept = read !== undefined && sameValue(read, value);
  const problem = problemOfStoring(column, value);
  const place = `${value.type} ${String(value.value)} in ${column.declared} (strict ${column.strict}, as ${column.type})`;
  assert.equal(
    problem === undefined,
    kept,
    `${place}: ${problem ?? 'no problem'}, but it reads ${String(stored)}`,
  );
}
