import { expect, test } from 'vitest';
import { pages } from './docs.ts';

for (const { path, before, after } of await pages()) {
  test(`${path} is what the code says; if not, "npm run docs" writes it`, () => {
    expect(before).toBe(after);
  });
}
