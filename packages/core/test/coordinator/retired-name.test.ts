import { isWellFormed } from 'changeover/table';
import { expect, test } from 'vitest';
import { retiredName } from '../../src/coordinator/retired-place.ts';

test('A retired table is called after itself and the migration', () => {
  expect(retiredName('orders', 'to-postgres')).toBe('orders_retired_to-postgres');
});

test('No name of a retired table is longer than 63 bytes, or ends within a character', () => {
  for (const table of ['o'.repeat(80), '\u{1F6D2}'.repeat(30), 'orders']) {
    const name = retiredName(table, 'm'.repeat(100));
    expect(Buffer.byteLength(name)).toBeLessThanOrEqual(63);
    expect(isWellFormed(name)).toBe(true);
  }
});
