import assert from 'node:assert/strict';
import { checkLinearizability, History } from '@changeover/tester';
import { describe, it } from 'vitest';
import { blackBox } from '../../src/original/black-box.ts';
import type { Row } from '../../src/original/protocol/index.ts';
import { StreamWindow } from '../../src/original/stream-window.ts';
import {
  type Answer,
  type Asked,
  type Call,
  type Rows,
  rowsByKey,
} from '../../src/original/virtual-table.ts';

function row(key: string, version: string, happy = true): Row {
  return { partition: 'p', row: key, properties: { happy }, version };
}

const INITIAL = rowsByKey([row('a', '1')]);
const QUERY: Call = { kind: 'query', partition: 'p', filter: undefined };

function replace(version: string): Call {
  return {
    kind: 'batch',
    partition: 'p',
    writes: [{ kind: 'replace', row: 'a', properties: { happy: false }, version }],
  };
}

const REMOVE: Call = { kind: 'batch', partition: 'p', writes: [{ kind: 'delete', row: 'a', version: '*' }] };

/** Calls one after the other, each with its answer. */
function verdictOn(...calls: readonly (readonly [Call, Answer])[]): string {
  const history = new History<Asked, Answer>();
  for (const [call, answer] of calls) history.invoke('client', { call, answer }).returned(answer);
  return checkLinearizability(blackBox(INITIAL), history.operations()).verdict;
}

describe('From calls and answers alone', () => {
  it('a version may have changed by itself', () => {
    assert.equal(verdictOn([QUERY, [row('a', '2')]]), 'linearizable');
  });

  it('a version that was replaced does not come again', () => {
    assert.equal(verdictOn([QUERY, [row('a', '2')]], [QUERY, [row('a', '1')]]), 'violation');
  });

  it('a write with a version that has passed must fail', () => {
    assert.equal(verdictOn([QUERY, [row('a', '2')]], [replace('1'), { versions: ['3'] }]), 'violation');
  });

  it('a write that fails for its version says that the row has another', () => {
    const fails: [Call, Answer] = [replace('1'), { failed: 0, reason: 'versionMismatch' }];
    assert.equal(verdictOn(fails, [QUERY, [row('a', '2')]]), 'linearizable');
    assert.equal(verdictOn(fails, [QUERY, [row('a', '1')]]), 'violation');
  });

  it('a write must be seen', () => {
    const written: [Call, Answer] = [replace('1'), { versions: ['2'] }];
    assert.equal(verdictOn(written, [QUERY, [row('a', '2', false)]]), 'linearizable');
    assert.equal(verdictOn(written, [QUERY, [row('a', '3')]]), 'violation');
  });

  it('a delete has no version', () => {
    assert.equal(verdictOn([REMOVE, { versions: [undefined] }]), 'linearizable');
    assert.equal(verdictOn([REMOVE, { versions: ['2'] }]), 'violation');
  });
});

describe('A stream', () => {
  const then: Rows[] = [rowsByKey([row('a', '1'), row('b', '1')]), rowsByKey([row('a', '2'), row('c', '1')])];

  it('may give what was there at any instant since it was opened', () => {
    for (const a of [row('a', '1'), row('a', '2')]) new StreamWindow(undefined, () => then).check(a);
  });

  it('may leave out what was not there all the time', () => {
    const window = new StreamWindow(undefined, () => then);
    window.check(row('a', '1'));
    window.check(undefined);
  });

  it('may not leave out what was', () => {
    const window = new StreamWindow(undefined, () => then);
    assert.throws(() => window.check(row('b', '1')), /left p\/a out/);
    assert.throws(() => window.check(undefined), /left p\/a out/);
  });

  it('may not give what never was', () => {
    const window = new StreamWindow(undefined, () => then);
    assert.throws(() => window.check(row('a', '3')), /as it never was/);
  });

  it('may not go back', () => {
    const window = new StreamWindow(undefined, () => then);
    window.check(row('a', '1'));
    assert.throws(() => window.check(row('a', '2')), /gave p\/a behind p\/a/);
  });
});
