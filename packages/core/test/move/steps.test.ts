import { expect, test } from 'vitest';
import type { JobDocument } from '../../src/move/job.ts';
import { planSteps } from '../../src/move/steps.ts';

function jobWith(steps: Partial<JobDocument['steps']>, abandoned = false): JobDocument {
  return {
    id: 'j',
    abandoned,
    steps: { setup: 'pending', copy: 'pending', validate: 'pending', ...steps },
  } as JobDocument;
}

const copied = jobWith({ setup: 'done', copy: 'done' });
const finished = jobWith({ setup: 'done', copy: 'done', validate: 'done' });

test('No step named is all of them for a new job', () => {
  expect(planSteps(undefined, false, undefined)).toEqual({
    steps: ['setup', 'copy', 'validate'],
    startOver: true,
  });
});

test('No step named is the rest of an unfinished job', () => {
  expect(planSteps(undefined, false, jobWith({ setup: 'done', copy: 'started' })).steps).toEqual([
    'copy',
    'validate',
  ]);
  expect(planSteps(undefined, false, copied)).toEqual({ steps: ['validate'], startOver: false });
});

test('Steps are done in their order, whatever the order of naming', () => {
  expect(planSteps(['validate', 'copy', 'setup'], false, undefined).steps).toEqual([
    'setup',
    'copy',
    'validate',
  ]);
});

test('A copy after a finished copy is refused with a hint', () => {
  for (const asked of [undefined, ['copy'], ['setup', 'copy']] as const) {
    expect(() => planSteps(asked && [...asked], false, finished)).toThrow(
      expect.objectContaining({ code: 'MOVE_ALREADY_COPIED', hint: expect.stringContaining('--recreate') }),
    );
  }
});

test('A copy without setup is refused for a job that was never set up', () => {
  for (const found of [undefined, jobWith({}), jobWith({ setup: 'done' }, true)]) {
    expect(() => planSteps(['copy'], false, found)).toThrow(
      expect.objectContaining({ code: 'MOVE_NOT_SET_UP' }),
    );
  }
});

test('Consent to recreate begins any job anew', () => {
  expect(planSteps(undefined, true, finished)).toEqual({
    steps: ['setup', 'copy', 'validate'],
    startOver: true,
  });
});

test('An abandoned job is as good as none', () => {
  const abandoned = jobWith({ setup: 'done', copy: 'done' }, true);
  expect(planSteps(undefined, false, abandoned)).toEqual(planSteps(undefined, false, undefined));
});

test('Validating alone needs no job and starts none over', () => {
  expect(planSteps(['validate'], false, undefined)).toEqual({ steps: ['validate'], startOver: false });
  expect(planSteps(['validate'], false, finished)).toEqual({ steps: ['validate'], startOver: false });
});

test('A repair does without a validation of its own, and is never done unasked', () => {
  expect(planSteps(['repair', 'validate'], false, finished).steps).toEqual(['repair']);
  expect(planSteps(['repair', 'copy', 'setup'], true, finished).steps).toEqual(['setup', 'copy', 'repair']);
  expect(planSteps(undefined, false, copied).steps).not.toContain('repair');
});

test('A validation from before the copy does not count as one of the copy', () => {
  expect(planSteps(undefined, false, jobWith({ validate: 'done' })).steps).toEqual([
    'setup',
    'copy',
    'validate',
  ]);
});
