import type { KeyValueInput, Operation, RegisterInput } from '@changeover/tester';

interface Call<Input, Output> {
  readonly input: Input;
  readonly output: Output;
}

/**
 * A history as it is drawn: a line for each task, which names it; columns are events; bars begin and end operations,
 * and one without a second bar never returns.
 *
 *     a: |- write b -|   |- read b -|
 *     b:      |- write c
 */
export function drawing<Input, Output>(
  parse: (text: string) => Call<Input, Output>,
  ...lines: readonly string[]
): readonly Operation<Input, Output>[] {
  const operations = lines.flatMap((line) =>
    [...line.matchAll(/\|[- ]*(?<text>[^|]*?)[- ]*(?:\||$)/g)].map((match) => {
      const returns = match[0].length > 1 && match[0].endsWith('|');
      const call = parse(match.groups!.text!);
      return {
        task: line.slice(0, line.indexOf(':')),
        input: call.input,
        output: returns ? call.output : undefined,
        error: undefined,
        invokedAt: match.index,
        returnedAt: returns ? match.index + match[0].length - 1 : undefined,
      };
    }),
  );
  return operations
    .toSorted((a, b) => a.invokedAt - b.invokedAt)
    .map((operation, id) => ({ id, ...operation }));
}

type RegisterCall = Call<RegisterInput<string>, string | boolean | undefined>;

/** `read a`, `write b`, `set a b true`: a compare-and-set from a to b that has set. */
export function registerCall(text: string): RegisterCall {
  const [verb, first = '', second = '', done] = text.split(' ');
  if (verb === 'read') return { input: { type: 'read' }, output: first };
  if (verb === 'write') return { input: { type: 'write', value: first }, output: undefined };
  return { input: { type: 'compareAndSet', expected: first, value: second }, output: done === 'true' };
}

/** `get k a`, `put k b`, `putAll k l b`: the same value under both keys. */
export function mapCall(text: string): Call<KeyValueInput, string | boolean | undefined> {
  const [verb, key = '', second = '', value = ''] = text.split(' ');
  if (verb === 'get') return { input: { type: 'get', key }, output: second || undefined };
  if (verb === 'put') return { input: { type: 'put', key, value: second }, output: undefined };
  return { input: { type: 'putAll', entries: { [key]: value, [second]: value } }, output: undefined };
}

/** `increment 1`, `read 1`. */
export function counterCall(text: string): Call<'increment' | 'read', number> {
  const [verb, value] = text.split(' ');
  return { input: verb === 'increment' ? 'increment' : 'read', output: Number(value) };
}
