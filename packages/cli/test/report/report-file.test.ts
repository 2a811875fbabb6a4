import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Difference } from 'changeover/move';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ReportFile } from '../../src/report/report-file.ts';

const SUMMARY = { compared: 2, notCompared: 0, missing: 1, extra: 0, different: 0 };
const SUMMARY_LINE = '{"event":"summary","compared":2,"notCompared":0,"missing":1,"extra":0,"different":0}\n';
const MISSING: Difference = {
  event: 'difference',
  kind: 'missing',
  table: 'orders',
  partitionKey: 'a',
  rowKey: 'b',
  properties: [{ name: 'n', source: { type: 'int64', value: '9007199254740993' }, target: null }],
};
const MISSING_LINE =
  '{"event":"difference","kind":"missing","table":"orders","partitionKey":"a","rowKey":"b",' +
  '"properties":[{"name":"n","source":{"type":"int64","value":"9007199254740993"},"target":null}]}\n';

let directory: string;
let path: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'changeover-report-'));
  path = join(directory, 'report.ndjson');
});

afterEach(() => rm(directory, { recursive: true, force: true }));

async function writeReport(): Promise<void> {
  const report = await ReportFile.at(path);
  report.begin();
  await report.difference(MISSING);
  await report.summary(SUMMARY);
  await report.close();
}

describe('a report', () => {
  test('has a line for each difference, and one with the counts', async () => {
    await writeReport();
    expect(await readFile(path, 'utf8')).toBe(MISSING_LINE + SUMMARY_LINE);
  });

  test('is not created before a validation begins', async () => {
    const report = await ReportFile.at(path);
    await report.close();
    expect(await readdir(directory)).toEqual([]);
  });

  test('takes the place of an earlier one', async () => {
    await writeReport();
    const report = await ReportFile.at(path);
    report.begin();
    await report.summary(SUMMARY);
    await report.close();
    expect(await readFile(path, 'utf8')).toBe(SUMMARY_LINE);
  });

  test('keeps every line in order when many come at once', async () => {
    const report = await ReportFile.at(path);
    report.begin();
    const keys = Array.from({ length: 5_000 }, (_, index) => String(index));
    await Promise.all(keys.map((rowKey) => report.difference({ ...MISSING, rowKey })));
    await report.close();
    const lines = (await readFile(path, 'utf8')).trimEnd().split('\n');
    expect(lines.map((line) => (JSON.parse(line) as Difference).rowKey)).toEqual(keys);
  });

  test.each(['precious', '{"event":"done"}', '\n'])(
    'never takes the place of another file: %j',
    async (text) => {
      await writeFile(path, text);
      await expect(ReportFile.at(path)).rejects.toMatchObject({ code: 'CLI_REPORT_REFUSED' });
      expect(await readFile(path, 'utf8')).toBe(text);
    },
  );

  test('may fill an empty file', async () => {
    await writeFile(path, '');
    await writeReport();
    expect(await readFile(path, 'utf8')).toBe(MISSING_LINE + SUMMARY_LINE);
  });

  test('is refused where a directory is', async () => {
    await mkdir(path);
    await expect(ReportFile.at(path)).rejects.toMatchObject({ code: 'CLI_REPORT_REFUSED' });
  });

  test('is refused in a directory that is not there', async () => {
    await expect(ReportFile.at(join(directory, 'no', 'report.ndjson'))).rejects.toMatchObject({
      code: 'CLI_USAGE',
    });
  });

  test('that cannot be begun fails what comes after', async () => {
    const report = await ReportFile.at(path);
    await rm(directory, { recursive: true });
    report.begin();
    await report.summary(SUMMARY);
    await expect(report.close()).rejects.toMatchObject({ code: 'CLI_REPORT_FAILED' });
  });
});
