import assert from 'node:assert/strict';
import { compareValues, sameValue, type Value } from 'changeover/table';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { NUMERIC_TYPES, values } from './arbitraries.ts';

describe('numbers', () => {
  test('of any two types compare as the exact numbers that they are', () => {
    const numbers = values(NUMERIC_TYPES);
    fc.assert(
      fc.property(numbers, numbers, (a, b) => assert.equal(signOf(compareValues(a, b)), modelOrder(a, b))),
      { numRuns: 2000 },
    );
  });

  test('compare the other way round with the other sign', () => {
    const numbers = values(NUMERIC_TYPES);
    fc.assert(
      fc.property(numbers, numbers, (a, b) =>
        assert.equal(signOf(compareValues(a, b)), flip(signOf(compareValues(b, a)))),
      ),
    );
  });

  test('are never incomparable, NaN included', () => {
    const numbers = values(NUMERIC_TYPES);
    fc.assert(fc.property(numbers, numbers, (a, b) => assert.notEqual(compareValues(a, b), undefined)));
  });

  const exactTenth = '0.1000000000000000055511151231257827021181583404541015625';
  test.each<[string, Value, Value, number]>([
    ['2^53+1 as int64 is above 2^53 as double', int64(2n ** 53n + 1n), double(2 ** 53), 1],
    ['2^63−1 as int64 is below 2^63 as double', int64(2n ** 63n - 1n), double(2 ** 63), -1],
    ['0.1 as double is above 0.1 as decimal', double(0.1), decimal('0.1'), 1],
    ['0.1 as double is its exact expansion', double(0.1), decimal(exactTenth), 0],
    ['0.1 as double is below its expansion with a digit more', double(0.1), decimal(`${exactTenth}1`), -1],
    ['the least double is above zero', double(5e-324), decimal('0.00'), 1],
    ['a scale makes no difference', decimal('1.0'), decimal('1.00'), 0],
    ['a negative decimal is below a smaller negative one', decimal('-1.5'), decimal('-1.25'), -1],
    ['a fraction below one keeps its sign', decimal('-0.5'), int64(0n), -1],
    ['−0 equals 0', double(-0), { type: 'int32', value: 0 }, 0],
    ['−0 equals 0 as decimal', double(-0), decimal('0'), 0],
    ['infinity is above every decimal', double(Infinity), decimal(`1${'0'.repeat(400)}`), 1],
    ['minus infinity is below every int64', double(-Infinity), int64(-(2n ** 63n)), -1],
    ['NaN has no order with a decimal', double(NaN), decimal('1'), NaN],
    ['NaN has no order with itself', double(NaN), double(NaN), NaN],
  ])('%s', (_claim, a, b, expected) => {
    expect(signOf(compareValues(a, b))).toBe(expected);
  });
});

describe('values that are not numbers', () => {
  test('of different types cannot be compared', () => {
    fc.assert(
      fc.property(values(), values(['string', 'boolean', 'datetime', 'guid', 'binary']), (a, b) => {
        fc.pre(a.type !== b.type);
        assert.equal(compareValues(a, b), undefined);
        assert.equal(compareValues(b, a), undefined);
      }),
    );
  });

  test('order as their bytes do, if text, guid, datetime or binary', () => {
    for (const type of ['string', 'guid', 'datetime', 'binary'] as const) {
      fc.assert(
        fc.property(values([type]), values([type]), (a, b) => {
          assert.equal(
            signOf(compareValues(a, b)),
            Buffer.compare(Buffer.from(a.value), Buffer.from(b.value)),
          );
        }),
      );
    }
  });

  test('put false before true', () => {
    expect(compareValues({ type: 'boolean', value: false }, { type: 'boolean', value: true })).toBe(-1);
  });

  test('that are the same compare as equal, JSON documents and NaN aside', () => {
    fc.assert(
      fc.property(values(), (value) => {
        fc.pre(value.type !== 'json' && !sameValue(value, double(NaN)));
        assert.equal(compareValues(value, structuredClone(value)), 0);
      }),
    );
  });

  test('cannot be compared if JSON documents, even with themselves', () => {
    const document: Value = { type: 'json', value: '1' };
    expect(compareValues(document, document)).toBeUndefined();
  });
});

function int64(value: bigint): Value {
  return { type: 'int64', value };
}

function double(value: number): Value {
  return { type: 'double', value };
}

function decimal(value: string): Value {
  return { type: 'decimal', value };
}

/** −1, 0, 1 or NaN; never −0. */
function signOf(order: number | undefined): number {
  assert.notEqual(order, undefined);
  return Math.sign(order as number) + 0;
}

function flip(sign: number): number {
  return sign === 0 ? 0 : -sign;
}

/** The same order from another principle: fractions of integers, doubles taken apart bit by bit. */
function modelOrder(a: Value, b: Value): number {
  const left = fractionOf(a);
  const right = fractionOf(b);
  if (typeof left === 'number' || typeof right === 'number') return infiniteOrder(left, right);
  const difference = left.over * right.under - right.over * left.under;
  return difference > 0n ? 1 : difference < 0n ? -1 : 0;
}

/** At least one side is NaN or infinite, which is above or below everything but itself. */
function infiniteOrder(left: Fraction | number, right: Fraction | number): number {
  const l = typeof left === 'number' ? left : 0;
  const r = typeof right === 'number' ? right : 0;
  return l === r ? 0 : Math.sign(l - r);
}

interface Fraction {
  readonly over: bigint;
  /** Above 0. */
  readonly under: bigint;
}

function fractionOf(number: Value): Fraction | number {
  if (number.type === 'int32' || number.type === 'int64') return { over: BigInt(number.value), under: 1n };
  if (number.type === 'double')
    return Number.isFinite(number.value) ? fractionOfBits(number.value) : number.value;
  assert(number.type === 'decimal');
  const [whole = '', fraction = ''] = number.value.split('.');
  return { over: BigInt(whole + fraction), under: 10n ** BigInt(fraction.length) };
}

function fractionOfBits(value: number): Fraction {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value);
  const bits = view.getBigUint64(0);
  const stored = (bits >> 52n) & 0x7ffn;
  const mantissa = (bits & 0xfffffffffffffn) | (stored === 0n ? 0n : 0x10000000000000n);
  const exponent = (stored === 0n ? 1n : stored) - 1075n;
  const over = bits >> 63n === 1n ? -mantissa : mantissa;
  return exponent >= 0n ? { over: over << exponent, under: 1n } : { over, under: 1n << -exponent };
}
