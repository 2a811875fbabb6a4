import { brief } from './brief.ts';
import { everything, type Footprint, nothing } from './footprint.ts';
import type { Parking } from './parking.ts';
import type { Fault } from './point.ts';

/** How the calls of an object are seen by the tester. */
export interface Controlled<T> {
  /** What the calls are called in reports. The class's name, if nothing is given. */
  readonly name?: string;
  /**
   * What a call reads and writes. Without it, each call may touch everything: nothing is missed, nothing is reduced. The
   * steps of a stream `m` are `m.next` and, if it is left early, `m.return`, with the arguments of the call that opened it.
   */
  footprint?(method: keyof T & string, args: readonly never[]): Footprint;
  /**
   * What a call has touched if it throws, or rejects: a conditional write that is refused has only read. As in `footprint`, if
   * it is not given.
   */
  refused?(method: keyof T & string, args: readonly never[]): Footprint;
  /** Which faults a call may meet, as far as the scenario's budget goes. Without it, none. */
  faults?(method: keyof T & string, args: readonly never[]): readonly Fault[];
  /** What the caller gets for a fault. It cannot tell from it whether there was an effect: nor could a real caller. */
  error?(method: keyof T & string, fault: 'before' | 'after'): unknown;
  /** Methods that are passed through as they are, because they answer at once. */
  readonly direct?: readonly (keyof T)[];
  /** Methods that give an async iterable at once; each step of the iteration parks. */
  readonly streams?: readonly (keyof T)[];
  /**
   * `apart` makes the reply of each call a point of its own, so that replies may overtake each other on their way back.
   * That matters only if tasks share state in memory beside the calls; `together` is the default.
   */
  readonly replies?: 'together' | 'apart';
}

/** The fault that a call met, where the scenario says nothing better. */
export class FaultError extends Error {
  readonly code = 'TESTER_FAULT';

  constructor(call: string) {
    super(`${call} got no answer`);
    this.name = 'FaultError';
  }
}

type Method = (...args: never[]) => unknown;

export function controlled<T extends object>(parking: Parking, target: T, options: Controlled<T> = {}): T {
  const name = options.name ?? target.constructor.name;
  const wrapped = new Map<PropertyKey, Method>();
  const wrap = (key: keyof T & string, method: Method): Method => {
    if (options.direct?.includes(key)) return method.bind(target);
    if (options.streams?.includes(key)) {
      return (...args) =>
        stream(parking, method.apply(target, args) as AsyncIterable<unknown>, { name, key, args, options });
    }
    return (...args) => {
      const reply = parkCall(parking, {
        name,
        key,
        args,
        options,
        label: () => describe(name, key, args),
        execute: () => method.apply(target, args),
      });
      if (options.replies !== 'apart') return reply;
      const arrival = () =>
        parking.park({
          label: () => `reply of ${describe(name, key, args)}`,
          // What follows upon it touches state in memory, or there would be no point in it: see `touch`.
          footprint: options.footprint ? nothing : everything,
          execute: () => reply,
        });
      return reply.then(arrival, arrival);
    };
  };
  return new Proxy(target, {
    get(_, key) {
      const known = wrapped.get(key);
      if (known) return known;
      const value: unknown = Reflect.get(target, key, target);
      if (typeof value !== 'function' || typeof key === 'symbol') return value;
      const method = wrap(key as keyof T & string, value as Method);
      wrapped.set(key, method);
      return method;
    },
  });
}

interface OneCall<T> {
  readonly name: string;
  readonly key: keyof T & string;
  readonly args: readonly never[];
  readonly options: Controlled<T>;
  readonly label: () => string;
  readonly execute: () => unknown;
}

function parkCall<T>(
  parking: Parking,
  { name, key, args, options, label, execute }: OneCall<T>,
): Promise<unknown> {
  return parking.park({
    label,
    footprint: options.footprint?.(key, args) ?? everything,
    ...(options.refused ? { refused: options.refused(key, args) } : {}),
    execute,
    faults: options.faults?.(key, args) ?? [],
    error: (fault) => options.error?.(key, fault) ?? new FaultError(`${name}.${key}`),
  });
}

async function* stream<T>(
  parking: Parking,
  iterable: AsyncIterable<unknown>,
  { key, ...opened }: Pick<OneCall<T>, 'name' | 'key' | 'args' | 'options'>,
): AsyncGenerator {
  const iterator = iterable[Symbol.asyncIterator]();
  let finished = false;
  const step = (what: string, execute: () => unknown) => {
    const method = `${key}.${what}` as keyof T & string;
    const label = () => describe(opened.name, method, []);
    return parkCall<T>(parking, { ...opened, key: method, label, execute });
  };
  try {
    for (;;) {
      const { done, value } = (await step('next', () => iterator.next())) as IteratorResult<unknown>;
      finished = done === true;
      if (finished) return value;
      yield value;
    }
  } finally {
    if (!finished && iterator.return) await step('return', () => iterator.return?.());
  }
}

function describe(name: string, method: string, args: readonly unknown[]): string {
  return `${name}.${method}(${args.map((arg) => brief(arg)).join(', ')})`;
}
