import { comparableTokens } from 'changeover/table';
import { expect, test } from 'vitest';

test('Tokens compare within one scope only', () => {
  expect(comparableTokens('7', '8')).toBe(true);
  expect(comparableTokens('connection-1.7', 'connection-1.8')).toBe(true);
  expect(comparableTokens('connection-1.7', 'connection-2.7')).toBe(false);
  expect(comparableTokens('7', 'connection-1.7')).toBe(false);
});
