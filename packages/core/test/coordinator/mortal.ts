import type { ControlStore } from 'changeover/control';

/** Which write a process dies at, and whether that one still counts. */
export interface Death {
  readonly write: number;
  readonly applied: boolean;
}

const WRITES = ['put', 'delete', 'append', 'openSession', 'endSession'];

/** A control store as a process sees it that dies at one of its writes: from then on nothing that it does gets through. */
export function mortal(inner: ControlStore, death: Death, onDeath: () => void): ControlStore {
  let writes = 0;
  let dead = false;
  const die = () => {
    dead = true;
    onDeath();
    throw new Error('this process is dead');
  };
  return new Proxy(inner, {
    get(_, name) {
      const value: unknown = Reflect.get(inner, name, inner);
      if (typeof value !== 'function' || typeof name !== 'string') return value;
      return (...args: unknown[]) => {
        if (dead) throw new Error('this process is dead');
        if (!WRITES.includes(name)) return value.apply(inner, args);
        writes += 1;
        if (writes !== death.write) return value.apply(inner, args);
        if (!death.applied) return die();
        return (value.apply(inner, args) as Promise<unknown>).then(die);
      };
    },
  });
}
