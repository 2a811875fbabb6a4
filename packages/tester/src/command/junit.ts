import { stripVTControlCharacters } from 'node:util';
import type { Report } from '../search/report.ts';
import { notRun } from './not-run.ts';

/** The results as a file that CI systems read: a test case for each scenario. */
export function junit(reports: readonly Report[]): string {
  const skipped = reports.filter(notRun).length;
  const failures = reports.filter(({ passed }) => !passed).length;
  const seconds = reports.reduce((sum, report) => sum + report.seconds, 0);
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites tests="${reports.length}" failures="${failures}" time="${seconds.toFixed(3)}">`,
    `<testsuite name="changeover-tester" tests="${reports.length}" failures="${failures}" errors="0" skipped="${skipped}" time="${seconds.toFixed(3)}">`,
    ...reports.map(testCase),
    '</testsuite>',
    '</testsuites>',
    '',
  ].join('\n');
}

function testCase(report: Report): string {
  const { test, seconds, found } = report;
  const failure = found
    ? `<failure type="${text(found.failure.kind)}" message="${text(firstLine(found.failure.message))}">${text(found.token)}</failure>\n`
    : notRun(report)
      ? '<skipped message="no time was left for it"/>\n'
      : '';
  return `<testcase classname="changeover-tester" name="${text(test)}" time="${seconds.toFixed(3)}">
${failure}<system-out>${text(report.toString())}</system-out>
</testcase>`;
}

function firstLine(message: string): string {
  return message.split('\n', 1)[0] as string;
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** XML knows no control characters but these three, nor half characters: they are shown by their number. */
export function text(given: string): string {
  return stripVTControlCharacters(given)
    .replaceAll(/[&<>"]/g, (each) => ENTITIES[each] as string)
    .replaceAll(/[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu, (each) => {
      return `\\u${each.charCodeAt(0).toString(16).padStart(4, '0')}`;
    });
}
