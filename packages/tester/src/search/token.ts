import { hashOf } from '../engine/random.ts';
import type { Recipe } from '../engine/recipe.ts';
import type { TraceStep } from '../engine/trace.ts';
import { VarintReader, VarintWriter } from './varint.ts';

/** A recipe as it was written down, with what tells whether the code is still the same. */
export interface Token extends Recipe {
  /** One byte for each step: a hash of who called what. */
  readonly steps: readonly number[];
}

const FORMAT = 'ct1';

/** Of longer schedules only so many steps are told apart: a token is to be copied by hand. */
export const HASHED_STEPS = 100;

/** `ct1.<test>.<recipe>`: a line that can be copied from a log. */
export function encodeToken(test: string, recipe: Recipe, trace: readonly TraceStep[]): string {
  const writer = new VarintWriter()
    .list(recipe.draws)
    .write(recipe.seed * 2 + (recipe.fair ? 1 : 0))
    .list(runs(recipe.picks));
  writer.list(recipe.choices).list(trace.slice(0, HASHED_STEPS).map(stepHash));
  return `${FORMAT}.${testHash(test)}.${writer.toString()}`;
}

/** @throws an Error with the code `TESTER_TOKEN_INVALID` or `TESTER_TOKEN_OF_ANOTHER_TEST` */
export function decodeToken(test: string, text: string): Token {
  const [format, of, body, ...more] = text.trim().split('.');
  if (format !== FORMAT || of === undefined || body === undefined || more.length > 0) throw invalid(text);
  if (of !== testHash(test)) {
    throw coded(
      'TESTER_TOKEN_OF_ANOTHER_TEST',
      `the token ${text} is of another test, or of another version of "${test}"`,
    );
  }
  try {
    const reader = new VarintReader(body);
    const draws = reader.list();
    const packed = reader.read();
    const [seed, fair] = [Math.floor(packed / 2), packed % 2 === 1];
    const picks = unrolled(reader.list());
    const token = { draws, seed, fair, picks, choices: reader.list(), steps: reader.list() };
    if (!reader.atEnd) throw new RangeError('there is more than belongs there');
    return token;
  } catch (error) {
    throw error instanceof RangeError ? invalid(text, error.message) : error;
  }
}

/** A hash of who called what, one byte: enough to see where two runs part, since they part for good. */
export function stepHash({ task, label }: Pick<TraceStep, 'task' | 'label'>): number {
  return hashOf(`${task}\n${label}`) & 0x7f;
}

/** Equal picks that follow each other, as pairs of pick and number. */
function runs(picks: readonly number[]): number[] {
  const pairs: number[] = [];
  for (const pick of picks) {
    if (pairs.at(-2) === pick) pairs[pairs.length - 1] = (pairs.at(-1) as number) + 1;
    else pairs.push(pick, 1);
  }
  return pairs;
}

function unrolled(pairs: readonly number[]): number[] {
  const picks: number[] = [];
  for (let at = 0; at < pairs.length; at += 2) {
    const length = pairs[at + 1] ?? 0;
    if (length > 1e6) throw new RangeError('it is longer than it can be');
    for (let n = 0; n < length; n++) picks.push(pairs[at] as number);
  }
  return picks;
}

/** What a token says of the test that it is of. */
export function testHash(test: string): string {
  return (hashOf(test) >>> 0).toString(36);
}

function invalid(text: string, why = 'it is not complete'): Error {
  return coded('TESTER_TOKEN_INVALID', `"${text}" is no token: ${why}`);
}

function coded(code: string, message: string): Error {
  return Object.assign(new Error(message), { code });
}
