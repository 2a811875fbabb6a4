/** A defect of ours: the code is wrong, not the world. Never caught except at a process's edge. */
export class DefectError extends Error {
  override readonly name = 'DefectError';
}

export function assert(condition: unknown, message: string): asserts condition {
  if (!condition) throw new DefectError(message);
}

/** Marks a place that the types prove unreachable. */
export function unreachable(value: never): never {
  throw new DefectError(`unreachable: ${String(value)}`);
}
