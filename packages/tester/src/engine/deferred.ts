/** A promise, and what settles it. Made without a closure of its own: there is one for each step of each schedule. */
export interface Deferred {
  readonly promise: Promise<unknown>;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
}

const captured = { resolve: (_: unknown): void => undefined, reject: (_: unknown): void => undefined };

/** One executor for all promises: it runs at once, so that what it was given can be fetched from where it is put. */
function capture(resolve: (value: unknown) => void, reject: (error: unknown) => void): void {
  captured.resolve = resolve;
  captured.reject = reject;
}

export function deferred(): Deferred {
  const promise = new Promise<unknown>(capture);
  return { promise, resolve: captured.resolve, reject: captured.reject };
}

/** Who waits for this is not heard of again. */
export function never(): Promise<never> {
  return new Promise(() => undefined);
}
