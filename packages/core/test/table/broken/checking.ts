import { setImmediate } from 'node:timers/promises';
import { type Check, isChange, isReservedRow, refusal, type Table, type Write } from 'changeover/table';
import { type Defect, mapWrites } from './defect.ts';

/** What is wrong with stores in which a batch does not depend on the rows that it checks. */
export const CHECKING: readonly Defect[] = [
  {
    name: 'takes no notice of checks',
    breaks:
      /^check: (.*fails|the error|an application|one without|a row is not checked|it counts|it is refused|batches in flight)/,
    table: (inner) => ({
      write: async (batch, options) => {
        const results = [...(await inner.write(batch.filter(isChange), options))];
        return batch.map(
          (write) => (isChange(write) ? results.shift() : undefined) ?? { version: undefined },
        );
      },
    }),
  },
  {
    name: 'takes no notice of checks of reserved rows',
    breaks: /^check: (of a reserved row.* fails|an application)/,
    table: (inner) => ({
      write: (batch, options) =>
        inner.write(
          batch.filter((write) => isChange(write) || !isReservedRow(write.rowKey)),
          options,
        ),
    }),
  },
  {
    name: 'refuses every check',
    breaks: /^check: (.*lets the whole|the row keeps|the results|goes with)/,
    table: (inner) =>
      mapWrites(inner, (write) => (isChange(write) ? write : { ...write, condition: 'none' })),
  },
  {
    name: 'takes every check for one that the row exists',
    breaks: /^check: .*(fails the whole batch with TABLE_VERSION_MISMATCH|gets another version)/,
    table: (inner) => mapWrites(inner, (write) => (isChange(write) ? write : { ...write, condition: '*' })),
  },
  {
    name: 'writes the rows that it checks',
    breaks: /^check: the row keeps/,
    table: (inner) => mapWrites(inner, (write) => (isChange(write) ? write : touch(write))),
  },
  {
    name: 'looks at checks behind all that it writes',
    breaks: /^check: (.*fails the whole|the error|the results)/,
    table: (inner) => ({
      write: (batch, options) => {
        const changes = batch.filter(isChange);
        return inner.write([...changes, ...batch.filter((write) => !isChange(write))], options);
      },
    }),
  },
  {
    name: 'takes a batch of checks for a way to read',
    breaks: /^check: a batch of nothing/,
    table: (inner) => ({
      write: async (batch, options) =>
        batch.some(isChange) ? inner.write(batch, options) : batch.map(() => ({ version: undefined })),
    }),
  },
  {
    name: 'looks at the rows that it checks some time before it writes',
    breaks: /^check: batches in flight/,
    table: (inner) => ({
      write: async (batch, options) => {
        for (const write of batch) if (!isChange(write)) await lookAhead(inner, write);
        return inner.write(batch.filter(isChange), options);
      },
    }),
  },
];

function touch({ partitionKey, rowKey, condition }: Check): Write {
  return { kind: 'merge', partitionKey, rowKey, condition, properties: {} };
}

async function lookAhead(inner: Table, { condition, ...key }: Check): Promise<void> {
  const row = await inner.get(key);
  if (!row) throw refusal('TABLE_ROW_ABSENT', 'absent');
  if (condition !== '*' && condition !== row.version) throw refusal('TABLE_VERSION_MISMATCH', 'another');
  await setImmediate();
}
