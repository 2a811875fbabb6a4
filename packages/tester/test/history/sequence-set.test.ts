import { describe, expect, test } from 'vitest';
import { SequenceSet } from '../../src/history/sequence-set.ts';
import { drawFrom } from './workload.ts';

describe('a set of sequences', () => {
  test('holds what was added and nothing else, though hashes collide', () => {
    const draw = drawFrom(3);
    const sequence = () => Array.from({ length: 2 + draw(3) }, () => draw(2 ** 32) | 0);
    const set = new SequenceSet();
    const added = Array.from({ length: 100_000 }, sequence);
    for (const each of added) set.add(each, each.length);
    // Of so many strangers about ten share their hash with one that was added.
    const strangers = Array.from({ length: 400_000 }, sequence);
    expect(added.every((each) => set.has(each, each.length))).toBe(true);
    expect(strangers.some((each) => set.has(each, each.length))).toBe(false);
    expect(set.size).toBe(added.length);
  });

  test('looks at the given length only, and takes the same sequence once', () => {
    const set = new SequenceSet();
    set.add([1, 2, 3], 2);
    set.add([1, 2, 4], 2);
    expect(set.size).toBe(1);
    expect(set.has([1, 2], 2)).toBe(true);
    expect(set.has([1, 2, 3], 3)).toBe(false);
  });
});
