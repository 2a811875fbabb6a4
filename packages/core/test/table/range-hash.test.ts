import { RangeHasher, sameHash } from 'changeover/table';
import { expect, test } from 'vitest';

const KEY = { partitionKey: 'p', rowKey: 'r' };

test('The hash of a row is the first half of the SHA-256 of its framed key and encoding', () => {
  const hasher = new RangeHasher();
  hasher.add({ partitionKey: 'é', rowKey: '' }, '{"n":{"i":1}}');
  // printf '2:é0:{"n":{"i":1}}' | sha256sum | cut -c 1-32
  expect(hasher.result()).toEqual({ rows: 1, hash: '4ec4ad80bb5352d0a195047998487c02' });
});

test('A row may be added before or after any other', () => {
  const [one, other] = [new RangeHasher(), new RangeHasher()];
  one.add(KEY, '{}');
  one.add({ ...KEY, rowKey: 's' }, '{}');
  other.add({ ...KEY, rowKey: 's' }, '{}');
  other.add(KEY, '{}');
  expect(one.result()).toEqual(other.result());
});

test('Sums wrap around at 128 bits', () => {
  const hasher = new RangeHasher();
  hasher.addRange({ rows: 3, hash: 'f'.repeat(32) });
  hasher.addRange({ rows: 4, hash: `${'0'.repeat(31)}2` });
  expect(hasher.result()).toEqual({ rows: 7, hash: `${'0'.repeat(31)}1` });
});

test('Sums of more digests than a number can count stay exact', () => {
  const hasher = new RangeHasher();
  const largest = { rows: 1, hash: 'f'.repeat(32) };
  const count = 2 ** 21 + 7;
  for (let index = 0; index < count; index += 1) hasher.addRange(largest);
  const expected = BigInt.asUintN(128, BigInt(count) * (2n ** 128n - 1n));
  expect(hasher.result()).toEqual({ rows: count, hash: expected.toString(16).padStart(32, '0') });
});

test('Ranges with the same sum but another number of rows are not the same', () => {
  const hash = '0'.repeat(32);
  expect(sameHash({ rows: 0, hash }, { rows: 1, hash })).toBe(false);
});
