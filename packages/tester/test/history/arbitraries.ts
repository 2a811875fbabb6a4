import type { Operation } from '@changeover/tester';
import fc from 'fast-check';

export interface Call<Input, Output> {
  readonly input: Input;
  readonly output: Output;
}

/**
 * Any few operations, at any times, with any outputs; some return at the instant at which another is invoked. About
 * one in five stays open.
 */
export function histories<Input, Output>(
  calls: fc.Arbitrary<Call<Input, Output>>,
  maxLength = 5,
): fc.Arbitrary<readonly Operation<Input, Output>[]> {
  const operation = fc.record({
    call: calls,
    start: fc.nat(10),
    length: fc.nat(5),
    open: fc.nat(4).map((die) => die === 4),
  });
  return fc.array(operation, { minLength: 1, maxLength }).map((drawn) =>
    drawn.map(({ call, start, length, open }, id) => ({
      id,
      task: `task${id}`,
      input: call.input,
      invokedAt: start,
      returnedAt: open ? undefined : start + length,
      output: open ? undefined : call.output,
      error: undefined,
    })),
  );
}

const value = fc.constantFrom('a', 'b');
const maybeValue = fc.option(value, { nil: undefined });
const key = fc.constantFrom('k', 'l');

export const registerCalls = fc.oneof(
  value.map((output) => ({ input: { type: 'read' as const }, output })),
  value.map((written) => ({ input: { type: 'write' as const, value: written }, output: undefined })),
  fc.tuple(value, value, fc.boolean()).map(([expected, next, output]) => ({
    input: { type: 'compareAndSet' as const, expected, value: next },
    output,
  })),
);

export const mapCalls = fc.oneof(
  fc.tuple(key, maybeValue).map(([k, output]) => ({ input: { type: 'get' as const, key: k }, output })),
  fc
    .tuple(key, value)
    .map(([k, v]) => ({ input: { type: 'put' as const, key: k, value: v }, output: undefined })),
  fc.tuple(key, fc.boolean()).map(([k, output]) => ({ input: { type: 'delete' as const, key: k }, output })),
);

/** Writes of two keys at once. */
export const batches = value.map((v) => ({
  input: { type: 'putAll' as const, entries: { k: v, l: v } },
  output: undefined,
}));

export const queueCalls = fc.oneof(
  value.map((item) => ({ input: { push: item }, output: undefined })),
  maybeValue.map((output) => ({ input: 'pop' as const, output })),
);

export const bagCalls = fc.oneof(
  value.map((item) => ({ input: { put: item }, output: undefined })),
  value.map((output) => ({ input: 'take' as const, output })),
);

export const counterCalls = fc.record({
  input: fc.constantFrom('increment' as const, 'read' as const),
  output: fc.nat(3),
});

export const coinCalls = fc.oneof(
  fc.constant({ input: 'toss' as const, output: undefined }),
  fc.boolean().map((output) => ({ input: 'look' as const, output })),
);
