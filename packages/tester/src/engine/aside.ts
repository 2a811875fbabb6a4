/** A part of a scenario that does not belong to the schedule. It may be asynchronous, but not wait for others. */
export class Aside {
  settled = false;

  /** @param failed gets what the part has thrown, or rejected with */
  run<T>(part: () => T | PromiseLike<T>, then: (value: T) => void, failed: (error: unknown) => void): void {
    this.settled = false;
    const fail = (error: unknown) => {
      this.settled = true;
      failed(error);
    };
    const settle = (value: T) => {
      this.settled = true;
      then(value);
    };
    try {
      const value = part();
      if (isThenable(value)) value.then(settle, fail);
      else settle(value);
    } catch (error) {
      fail(error);
    }
  }
}

function isThenable<T>(value: T | PromiseLike<T>): value is PromiseLike<T> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';
}
