import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { placesUrl, Workplace } from '../support/workplace.ts';

const COMMAND = fileURLToPath(new URL('../../bin/changeover.js', import.meta.url));
/** Less than half of the rows' bytes: who gathers them dies of it. */
const HEAP = '--max-old-space-size=24';
const LONG = process.env['CHANGEOVER_TEST_LONG'] === '1';

let place: Workplace;

beforeEach(async () => {
  place = await Workplace.create();
  place.application('app.db', 60_000);
  place.sql('app.db', "update places set name = printf('%.*c', 1000, 'x') || id");
});

afterEach(() => place.remove());

function run(...argv: readonly string[]) {
  return promisify(execFile)(process.execPath, [HEAP, COMMAND, ...argv, '--quiet'], { cwd: place.directory });
}

describe.runIf(LONG)('a table of 60 MB goes through a heap of 24 MB', () => {
  test.each(['ndjson', 'csv'])('to %s and back', { timeout: 180_000 }, async (format) => {
    await run('export', placesUrl('app.db'), `places.${format}`);
    const { stdout } = await run('import', `places.${format}`, 'sqlite:new.db#places');
    expect(stdout).toMatch(/^Imported 60,000 rows /);
  });
});
