import { MemoryStore } from 'changeover/table';
import { expect, test } from 'vitest';
import {
  createProgress,
  markCopied,
  readMark,
  type TargetMark,
  writeMark,
} from '../../src/move/checkpoints.ts';

const ours: TargetMark = { job: 'j', generation: 1, control: 'c', controlLocation: 'here', state: 'live' };

async function marked(mark: TargetMark) {
  const progress = await createProgress(new MemoryStore());
  await writeMark(progress, 't', mark);
  return progress;
}

test('A job that has copied everything says so in its own mark', async () => {
  const progress = await marked(ours);
  expect(await markCopied(progress, 't', ours)).toBe(true);
  expect(await readMark(progress, 't')).toEqual({ ...ours, state: 'copied' });
});

test.each([{ generation: 2 }, { control: 'd' }, { job: 'k' }])(
  'The live mark of whoever took over (%o) stays live',
  async (change) => {
    const taken = { ...ours, ...change };
    const progress = await marked(taken);
    expect(await markCopied(progress, 't', ours)).toBe(false);
    expect(await readMark(progress, 't')).toEqual(taken);
  },
);

test('A mark that changes hands between the look and the write stays with its new holder', async () => {
  const taken = { ...ours, generation: 2 };
  const progress = await marked(ours);
  const get = progress.get.bind(progress);
  progress.get = async (key, options) => {
    const row = await get(key, options);
    await writeMark(progress, 't', taken);
    return row;
  };
  expect(await markCopied(progress, 't', ours)).toBe(false);
  progress.get = get;
  expect(await readMark(progress, 't')).toEqual(taken);
});
