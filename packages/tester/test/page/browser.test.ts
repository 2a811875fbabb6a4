import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { explore } from '../../src/index.ts';
import { Browser, findChromium } from './browser.ts';
import { lostUpdate } from './scenarios.ts';

const chromium = findChromium();
const CURRENT = `document.querySelector('[aria-current=step]').id`;
const SHOWN = `[...document.querySelectorAll('.panels article')].filter((each) => !each.hidden).map((each) => each.dataset.step)`;

describe('a page in a browser', { timeout: 60_000 }, () => {
  beforeEach(({ skip }) => skip(chromium === undefined, 'not run: there is no Chromium on the PATH'));

  let folder: string;
  let browser: Browser | undefined;
  const inPage = (expression: string) => browser?.evaluate(expression);

  beforeAll(async () => {
    if (chromium === undefined) return;
    folder = await mkdtemp(join(tmpdir(), 'pages-'));
    const { page = '' } = await explore(lostUpdate, { pages: folder });
    browser = await Browser.open(chromium, pathToFileURL(page).href);
  }, 60_000);

  afterAll(async () => {
    if (!browser) return;
    await browser.close();
    await rm(folder, { recursive: true });
  }, 60_000);

  test('Arrows, Home and End move the cursor, and it stays within the steps', async () => {
    const visited = [];
    for (const key of [
      'Home',
      'ArrowDown',
      'ArrowRight',
      'ArrowUp',
      'End',
      'ArrowDown',
      'Home',
      'ArrowLeft',
    ]) {
      await browser?.press(key);
      visited.push(await inPage(CURRENT));
    }
    expect(visited.map((id) => Number(String(id).slice(5)))).toEqual([0, 1, 2, 1, 4, 4, 0, 0]);
  });

  test('Only the step at the cursor is told of', async () => {
    await browser?.press('End');
    expect(await inPage(SHOWN)).toEqual(['4']);
  });

  test('A link of the cause leads to its step', async () => {
    await inPage(`new Promise((done) => {
      addEventListener('hashchange', () => done(), { once: true });
      document.querySelector('.cause a').click();
    })`);
    expect(await inPage(`'#' + ${CURRENT} === location.hash`)).toBe(true);
  });

  test('It is dark where dark is preferred, and light where light is', async () => {
    const grounds = [];
    for (const scheme of ['light', 'dark'] as const) {
      await browser?.prefer(scheme);
      grounds.push(await inPage('Number(/\\d+/.exec(getComputedStyle(document.body).backgroundColor)[0])'));
    }
    expect(grounds[0]).toBeGreaterThan(200);
    expect(grounds[1]).toBeLessThan(50);
  });

  test('What the code under test was given runs nothing', async () => {
    expect(await inPage('document.title')).toContain('lost update </script>');
    expect(await inPage('document.scripts.length')).toBe(1);
  });

  test('It loads nothing, and complains of nothing', async () => {
    expect(await inPage(`performance.getEntriesByType('resource').length`)).toBe(0);
    expect(browser?.complaints).toEqual([]);
  });
});
