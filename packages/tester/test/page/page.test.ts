import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { explore, replay } from '../../src/index.ts';
import { answeredEarly, HOSTILE, lostUpdate } from './scenarios.ts';

test('Nothing of what the code under test was given becomes markup', async () => {
  const page = (await explore(lostUpdate)).toHtml();
  expect(page).not.toContain('<img');
  expect(page.match(/<\/script>/g)).toHaveLength(1);
  expect(page).toContain('get &lt;/script&gt;&lt;img src=x onerror=&quot;');
});

test('Nothing in a page is loaded from anywhere', async () => {
  const page = (await explore(answeredEarly)).toHtml();
  expect(page).not.toMatch(/<link|@import|url\(|src=|href="[^#]|\bfetch\b|https?:/);
});

test('The steps of a race are marked in words', async () => {
  const text = words((await explore(lostUpdate)).toHtml());
  expect(text).toMatch(/get \S+.*A came first.*set A came second/);
});

test('The world after each step is shown, and what is new in it is marked, and what is gone', async () => {
  const page = (await explore(lostUpdate)).toHtml();
  expect(page.match(/<mark>.*<\/mark>/g)).toEqual(['<mark>n is 1</mark>']);
  expect(page.match(/<del>.*<\/del>/g)).toEqual(['<del>n is 0</del>']);
});

test('An operation has a bar from the step that it was invoked in to the one that it returned in', async () => {
  const { found } = await explore(answeredEarly);
  expect(found?.trace.map(({ label }) => label)).toEqual(['queue', 'wait', 'read', 'flush']);
  expect(found?.operations).toMatchObject([
    { task: 'writer', from: 0, to: 1 },
    { task: 'reader', from: 2, to: 3 },
  ]);
});

test('The operation that no order explains is marked', async () => {
  const page = (await explore(answeredEarly)).toHtml();
  expect(words(page)).toMatch(/✗ reader \{ type: 'read' \} → 0/);
});

test('A search that passed has a page without steps', async () => {
  const page = (await explore({ ...answeredEarly, tasks: () => ({}) })).toHtml();
  expect(page).toContain('<h1>✓ answered early</h1>');
  expect(page).not.toContain('id="step-1"');
});

test('A page is written into the folder that is given, and the report says where', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'pages-'));
  const report = await explore(lostUpdate, { pages: folder });
  const [name = ''] = await readdir(folder);
  expect(report.toString()).toContain(`page: ${join(folder, name)}`);
  expect(await readFile(report.page ?? '', 'utf8')).toBe(report.toHtml());
  await rm(folder, { recursive: true });
});

test('A page is written of a replay that fails', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'pages-'));
  const { found } = await explore(lostUpdate);
  const { report } = await replay(lostUpdate, found?.token ?? '', { pages: folder });
  expect(words(await readFile(report.page ?? '', 'utf8'))).toMatch(/A came first.*run from its token/);
  await rm(folder, { recursive: true });
});

test('A page is written into the folder that the environment names', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'pages-'));
  vi.stubEnv('CHANGEOVER_TESTER_PAGES', folder);
  await explore(lostUpdate);
  vi.unstubAllEnvs();
  expect(await readdir(folder)).toHaveLength(1);
  await rm(folder, { recursive: true });
});

test('Text stays what it was', async () => {
  const page = (await explore(lostUpdate)).toHtml();
  const entities: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" };
  const read = page.replaceAll(/&(\w+|#39);/g, (_, name: string) => entities[name] ?? '?');
  expect(read).toContain(`✗</span> lost update ${HOSTILE}`);
});

/** What a reader gets to see. */
function words(page: string): string {
  return page
    .replaceAll(/<[^>]*>/g, ' ')
    .replaceAll('&#39;', "'")
    .replaceAll(/\s+/g, ' ');
}
