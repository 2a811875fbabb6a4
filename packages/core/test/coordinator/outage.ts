import { ControlError, type ControlErrorCode, type ControlStore } from 'changeover/control';

const WRITES = ['put', 'delete', 'append', 'openSession', 'renewSession', 'endSession'];
const READS = ['get', 'list', 'sessions', 'session', 'journal'];

export interface Fault {
  readonly title: string;
  readonly code: ControlErrorCode;
  readonly reads: boolean;
  /** Whether the write that meets it first counts, which nobody can tell. */
  readonly applied: boolean;
}

export const FAULTS: readonly Fault[] = [
  { title: 'gone', code: 'CONTROL_UNAVAILABLE', reads: true, applied: false },
  { title: 'gone before it could answer', code: 'CONTROL_UNAVAILABLE', reads: true, applied: true },
  { title: 'full', code: 'CONTROL_FULL', reads: false, applied: false },
  { title: 'damaged', code: 'CONTROL_CORRUPT', reads: true, applied: false },
];

/** Has a control store fail from some access on, until it is mended. */
export class Outage {
  #fault: Fault | undefined;
  #left = 0;
  #met = false;

  /** From the access with this number on, counted from 1 and from now, every one that the fault is about fails. */
  begin(fault: Fault, access: number): void {
    this.#fault = fault;
    this.#left = access;
    this.#met = false;
  }

  /** Whether anybody has met it. */
  get met(): boolean {
    return this.#met;
  }

  end(): void {
    this.#fault = undefined;
  }

  over<T extends ControlStore>(inner: T): T {
    return new Proxy(inner, {
      get: (_, name) => {
        const value: unknown = Reflect.get(inner, name, inner);
        if (typeof value !== 'function') return value;
        if (name === 'watch')
          return (prefix: string, signal: AbortSignal) => this.#watch(inner, prefix, signal);
        return (...args: unknown[]) => this.#access(String(name), () => value.apply(inner, args) as unknown);
      },
    });
  }

  #access(name: string, act: () => unknown): unknown {
    const fault = this.#fault;
    const isMeant = WRITES.includes(name) || (fault?.reads && READS.includes(name));
    if (!fault || !isMeant) return act();
    this.#left -= 1;
    if (this.#left > 0) return act();
    const isFirst = !this.#met;
    this.#met = true;
    return fail(fault, isFirst && fault.applied && WRITES.includes(name) ? act : undefined);
  }

  async *#watch(inner: ControlStore, prefix: string, signal: AbortSignal) {
    for await (const change of inner.watch(prefix, signal)) {
      const { reads } = this.#fault ?? {};
      if (reads && this.#met) await fail(this.#fault!, undefined);
      yield change;
    }
  }
}

async function fail({ code, title }: Fault, act: (() => unknown) | undefined): Promise<never> {
  await act?.();
  throw new ControlError(code, `the control store is ${title}`, { effect: act ? 'unknown' : 'none' });
}
