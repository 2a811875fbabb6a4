import { test } from 'node:test';
import { explore } from '@changeover/tester';
import { losing, mended } from './counting.js';

void test('counts', async () => {
  (await explore(losing)).assertPassed();
});

void test('counts, mended', async () => {
  (await explore(mended)).assertPassed();
});
