import { isOperationalError, OperationalError } from 'changeover/std';

/** Does `work`; an error of it says first where in the config its cause stands. No place: the error as it is. */
export function blaming<T>(place: string | undefined, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw placed(error, place);
  }
}

/** {@link blaming} for work that takes its time. */
export async function blamingLater<T>(place: string | undefined, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw placed(error, place);
  }
}

function placed(error: unknown, place: string | undefined): unknown {
  if (place === undefined || !isOperationalError(error)) return error;
  const { code, message, effect, hint, details } = error;
  return new OperationalError(code, `${place}: ${message}`, {
    effect,
    details,
    cause: error,
    ...(hint === undefined ? {} : { hint }),
  });
}
