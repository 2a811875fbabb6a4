import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { Fingerprint } from '../../src/engine/fingerprint.ts';
import { conflicts, covers, describeFootprint } from '../../src/engine/footprint.ts';
import { everything, type Footprint, joined, nothing, reads, writes } from '../../src/index.ts';

describe('two footprints', () => {
  const cases: readonly (readonly [string, Footprint, Footprint, boolean])[] = [
    ['that read the same place do not conflict', reads('a'), reads('a'), false],
    ['of which one writes it conflict', reads('a'), writes('a'), true],
    ['at places beside each other do not conflict', writes('a/x'), writes('a/y'), false],
    ['at a place and within it conflict', reads('a'), writes('a/x/y'), true],
    ['at places of which one only begins like the other do not conflict', writes('a'), writes('ab'), false],
    ['of which one is everything conflict', reads('a/x'), everything, true],
    ['of which one is nothing never conflict', everything, nothing, false],
    ['conflict if one of many parts does', writes('a', 'b'), reads('c', 'b'), true],
  ];
  it.each(cases)('%s', (_, one, other, expected) => {
    assert.equal(conflicts(one, other), expected);
    assert.equal(conflicts(other, one), expected);
  });

  it('joined say each access once, in words', () => {
    assert.equal(describeFootprint(joined(reads('a'), writes('b'), reads('a'))), 'reads a; writes b');
    assert.equal(describeFootprint(nothing), 'touches nothing');
  });
});

describe('a footprint covers an access', () => {
  const access = (footprint: Footprint) => footprint.accesses[0] as Footprint['accesses'][number];

  it('to a place that it names, or that lies within one', () => {
    assert.ok(covers(reads('a'), access(reads('a/x'))));
    assert.ok(!covers(reads('a/x'), access(reads('a'))));
  });

  it('that reads where it writes, but not the other way round', () => {
    assert.ok(covers(writes('a'), access(reads('a'))));
    assert.ok(!covers(reads('a'), access(writes('a'))));
  });
});

describe('the fingerprint', () => {
  const of = (...steps: readonly (readonly [number, Footprint])[]) => {
    const fingerprint = new Fingerprint();
    fingerprint.reset();
    for (const [identity, footprint] of steps) fingerprint.add(identity, footprint);
    return fingerprint.value;
  };

  it('is the same for another order of steps that do not conflict', () => {
    assert.equal(of([1, writes('a/x')], [2, writes('a/y')]), of([2, writes('a/y')], [1, writes('a/x')]));
    assert.equal(of([1, reads('a')], [2, reads('a/x')]), of([2, reads('a/x')], [1, reads('a')]));
  });

  it('is another for another order of steps that conflict', () => {
    assert.notEqual(of([1, writes('a')], [2, reads('a')]), of([2, reads('a')], [1, writes('a')]));
    assert.notEqual(of([1, reads('a')], [2, writes('a/x')]), of([2, writes('a/x')], [1, reads('a')]));
    assert.notEqual(of([1, everything], [2, writes('a')]), of([2, writes('a')], [1, everything]));
  });
});
