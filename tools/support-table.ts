import type { Manifest } from 'changeover/table';
import type { PlannedCase } from 'changeover/table/contract';

/** What one run of the contract suite says about one store and layout. */
export interface StoreResult {
  /** As people call it: `SQLite, mapped`. */
  readonly name: string;
  readonly manifest: Manifest;
  readonly plan: readonly PlannedCase[];
  /** The titles of the cases that ran and failed. */
  readonly failed: readonly string[];
}

interface Fact {
  readonly name: string;
  of(manifest: Manifest): string;
}

const FACTS: readonly Fact[] = [
  { name: 'Atomic batch', of: ({ atomicBatch }) => rowsAndBytes(atomicBatch) },
  { name: 'Deletes what may be absent, beside others', of: ({ deletesAbsent }) => yesNo(deletesAbsent) },
  { name: 'Atomic query', of: ({ atomicQuery }) => rowsAndBytes(atomicQuery) },
  { name: 'One load', of: ({ load }) => rowsAndBytes(load) },
  { name: 'A load is atomic', of: ({ load }) => yesNo(load.atomic) },
  { name: 'A load commits marks', of: ({ load }) => yesNo(load.marks) },
  { name: 'Rows in a page', of: ({ scan }) => amount(scan.pageRows) },
  { name: 'Native order', of: ({ scan }) => scan.nativeOrder },
  { name: 'Filter push-down', of: ({ filterPushDown }) => filterPushDown },
  { name: 'Versions', of: ({ version }) => version.kind },
  { name: 'A version is never reused', of: ({ version }) => yesNo(version.neverReused) },
  { name: 'Longest life of a request (ms)', of: ({ requestLifetimeMs }) => amount(requestLifetimeMs) },
  { name: 'Fencing', of: ({ fencing }) => yesNo(fencing) },
  { name: 'Checks of rows in a batch', of: ({ check }) => yesNo(check) },
  { name: 'Renames tables', of: ({ rename }) => yesNo(rename) },
  { name: 'Reserved rows', of: ({ reservedRows }) => reservedRows },
  { name: 'Range hash', of: ({ rangeHash }) => yesNo(rangeHash) },
  { name: 'Snapshot read', of: ({ snapshotRead }) => yesNo(snapshotRead) },
  { name: 'Change feed', of: ({ changeFeed }) => yesNo(changeFeed) },
  { name: 'Time to live', of: ({ ttl }) => yesNo(ttl) },
  { name: 'Bytes in a key', of: ({ limits }) => amount(limits.keyBytes) },
  { name: 'Bytes in a row', of: ({ limits }) => amount(limits.rowBytes) },
  { name: 'Properties in a row', of: ({ limits }) => amount(limits.properties) },
  { name: 'Bytes in a property name', of: ({ limits }) => amount(limits.propertyNameBytes) },
  { name: 'Value types', of: ({ valueTypes }) => valueTypes.join(', ') },
];

/** The page that says what each store can do, and which claims of the contract were tried on it. Markdown. */
export function renderSupportTable(results: readonly StoreResult[]): string {
  const names = results.map(({ name }) => name);
  const facts = FACTS.map((fact) => [fact.name, ...results.map(({ manifest }) => fact.of(manifest))]);
  const counts = [
    ['Cases passed', ...results.map((result) => amount(passed(result)))],
    ['Cases failed', ...results.map(({ failed }) => amount(failed.length))],
    ['Cases not run', ...results.map((result) => amount(notRun(result).length))],
  ];
  return `${[
    '# Stores',
    'What each store can do, and how it stands with the contract that all of them share. Written by `npm run docs`.',
    '## What they can do',
    markdownTable(['', ...names], facts),
    '## The contract',
    'Every case that a store can run is a test of this repository, and none may fail: the build does, if one does.',
    markdownTable(['', ...names], counts),
    ...results.map(renderExceptions),
  ].join('\n\n')}\n`;
}

/** The cases of a store that did not pass: what failed, and what was not run, by reason. */
function renderExceptions(result: StoreResult): string {
  const titlesByReason = new Map<string, string[]>();
  for (const { title, reason } of notRun(result)) {
    titlesByReason.set(reason, [...(titlesByReason.get(reason) ?? []), title]);
  }
  const items = [
    ...result.failed.map((title) => `- **failed**: ${title}`),
    ...[...titlesByReason].map(([reason, titles]) => `- not run, ${reason}:\n${indented(titles)}`),
  ];
  return `### ${result.name}\n\n${items.join('\n') || 'Every case passes.'}`;
}

function indented(titles: readonly string[]): string {
  return titles.map((title) => `  - ${title}`).join('\n');
}

function notRun({ plan }: StoreResult): readonly { title: string; reason: string }[] {
  return plan.flatMap(({ case: { title }, skipped }) =>
    skipped === undefined ? [] : [{ title, reason: skipped }],
  );
}

function passed({ plan, failed }: StoreResult): number {
  return plan.filter(({ case: { title }, skipped }) => skipped === undefined && !failed.includes(title))
    .length;
}

function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

function rowsAndBytes({ rows, bytes }: { readonly rows: number; readonly bytes: number }): string {
  const limits = [limit(rows, 'rows'), limit(bytes, 'bytes')].filter((text) => text !== undefined);
  return limits.join(', ') || 'no limit';
}

function limit(count: number, of: string): string | undefined {
  return count === Number.POSITIVE_INFINITY ? undefined : `${amount(count)} ${of}`;
}

/** In groups of three digits, so that a long number can be read. */
function amount(count: number): string {
  return count === Number.POSITIVE_INFINITY ? 'no limit' : count.toLocaleString('en-US');
}

function yesNo(fact: boolean): string {
  return fact ? 'yes' : 'no';
}
