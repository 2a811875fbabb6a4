import { expect, test } from 'vitest';
import { mappedUrl } from '../../src/config/mapped-url.ts';

test('a mapping goes behind the parameters that the store has of its own', () => {
  const mapping = { table: 'places', partitionKey: ['country'], rowKey: ['id'] };
  const query = 'partitionKey=country&rowKey=id#places';
  expect(mappedUrl('sqlite:app.db', mapping)).toBe(`sqlite:app.db?${query}`);
  expect(mappedUrl('postgres://host/db?schema=sales', mapping)).toBe(
    `postgres://host/db?schema=sales&${query}`,
  );
  expect(mappedUrl('postgres://host/db?schema=sales', { table: 'places' })).toBe(
    'postgres://host/db?schema=sales#places',
  );
});
