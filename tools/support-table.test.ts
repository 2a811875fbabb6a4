import { MemoryStore } from 'changeover/table';
import { planContract } from 'changeover/table/contract';
import { expect, test } from 'vitest';
import { renderSupportTable } from './support-table.ts';

const memory = resultOf('Memory', {});
const mapped = resultOf('Memory, mapped', {
  layout: 'mapped',
  limits: { ...memory.manifest.limits, keyBytes: 1024 },
});

test('each store has a column with what its manifest says', () => {
  const page = renderSupportTable([memory, mapped]);
  expect(page).toContain('|  | Memory | Memory, mapped |');
  expect(page).toContain('| Bytes in a key | no limit | 1,024 |');
});

test('cases that do not run stand under their reason', () => {
  expect(renderSupportTable([mapped])).toMatch(
    /- not run, needs layout own:\n( {2}- .+\n)* {2}- store: a table that was created/,
  );
});

test('a case that failed does not count as passed', () => {
  const [first] = memory.plan;
  const failed = [first?.case.title ?? ''];
  const before = passedIn(renderSupportTable([memory]));
  const page = renderSupportTable([{ ...memory, failed }]);
  expect(passedIn(page)).toBe(before - 1);
  expect(page).toContain(`- **failed**: ${failed[0]}`);
});

function resultOf(name: string, changes: Partial<MemoryStore['manifest']>) {
  const { manifest } = new MemoryStore({ manifest: changes });
  return { name, manifest, plan: planContract(manifest, {}), failed: [] };
}

function passedIn(page: string): number {
  return Number(/Cases passed \| (\d+)/.exec(page)?.[1]);
}
