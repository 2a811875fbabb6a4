import { page } from '../page/page.ts';
import { writeFileOf } from './file-of.ts';
import type { ReportData } from './report-data.ts';

/** The path of the page of what was found, if there is a folder for it. */
export async function writtenPage(
  data: Omit<ReportData, 'page'>,
  folder = process.env['CHANGEOVER_TESTER_PAGES'],
): Promise<string | undefined> {
  const { found, test } = data;
  if (!found || !folder) return undefined;
  const text = page({ ...data, page: undefined });
  return writeFileOf({ folder, test, token: found.token, extension: 'html' }, text);
}
