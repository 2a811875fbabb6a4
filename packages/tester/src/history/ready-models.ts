import type { Model, Outcome } from './model.ts';

export type RegisterInput<Value> =
  | { readonly type: 'read' }
  | { readonly type: 'write'; readonly value: Value }
  | { readonly type: 'compareAndSet'; readonly expected: Value; readonly value: Value };

/**
 * One cell, whose values are told apart by `Object.is`. A read gives the value, a write `undefined`, a compare-and-set
 * whether it has set.
 */
export function register<Value>(
  initial: Value,
): Model<Value, RegisterInput<Value>, Value | boolean | undefined> {
  return {
    init: () => initial,
    step(state, input) {
      if (input.type === 'read') return { state, output: state };
      if (input.type === 'write') return { state: input.value, output: undefined };
      const holds = Object.is(state, input.expected);
      return { state: holds ? input.value : state, output: holds };
    },
    equal: Object.is,
    readOnly: ({ type }, output) => type === 'read' || (type === 'compareAndSet' && output === false),
  };
}

export type KeyValueInput =
  | { readonly type: 'get'; readonly key: string }
  | { readonly type: 'put'; readonly key: string; readonly value: string }
  | { readonly type: 'delete'; readonly key: string }
  | { readonly type: 'putAll'; readonly entries: Readonly<Record<string, string>> };

type Entries = ReadonlyMap<string, string>;

/**
 * A map that starts empty. A get gives the value or `undefined`, a delete whether there was one, a put `undefined`.
 * It is checked key by key, unless a `putAll` writes several keys at once.
 */
export function keyValueMap(): Model<Entries, KeyValueInput, string | boolean | undefined> {
  return {
    init: () => new Map(),
    step(state, input) {
      switch (input.type) {
        case 'get':
          return { state, output: state.get(input.key) };
        case 'put':
          return { state: withEntries(state, [[input.key, input.value]]), output: undefined };
        case 'putAll':
          return { state: withEntries(state, Object.entries(input.entries)), output: undefined };
        case 'delete':
          return without(state, input.key);
      }
    },
    equal: Object.is,
    key: (state) => JSON.stringify([...state].toSorted(([a], [b]) => (a < b ? -1 : 1))),
    readOnly: ({ type }, output) => type === 'get' || (type === 'delete' && output === false),
    partition: (input) => (input.type === 'putAll' ? undefined : input.key),
  };
}

function withEntries(state: Entries, entries: readonly (readonly [string, string])[]): Entries {
  return new Map([...state, ...entries]);
}

function without(state: Entries, key: string): Outcome<Entries, boolean> {
  const rest = new Map(state);
  return { output: rest.delete(key), state: rest };
}
