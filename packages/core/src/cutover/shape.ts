/** Whether a value that was read may be what stands in its place. */
export type Check = (value: unknown) => boolean;

/** A check for each property of a document, so that none is forgotten. */
export type Shape<T> = { readonly [Name in keyof Required<T>]: Check };

export const isText: Check = (value) => typeof value === 'string';
export const isFlag: Check = (value) => typeof value === 'boolean';
export const isNumber: Check = (value) => Number.isFinite(value);
export const isCount: Check = (value) => Number.isSafeInteger(value) && Number(value) >= 0;

export function oneOf(...values: readonly unknown[]): Check {
  return (value) => values.includes(value);
}

export function either(...checks: readonly Check[]): Check {
  return (value) => checks.some((check) => check(value));
}

export function orNull(check: Check): Check {
  return either(oneOf(null), check);
}

/** What may be left out. */
export function optional(check: Check): Check {
  return either(oneOf(undefined), check);
}

export function listOf(check: Check): Check {
  return (value) => Array.isArray(value) && value.every(check);
}

export function like<T>(shape: Shape<T>): Check {
  return (value) => misfit(value, shape) === undefined;
}

/** The name of a property that is not as it should be; '' if the value has none at all. */
export function misfit<T>(value: unknown, shape: Shape<T>): string | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return '';
  const properties = value as Readonly<Record<string, unknown>>;
  const checks: readonly (readonly [string, Check])[] = Object.entries(shape);
  return checks.find(([name, check]) => !check(properties[name]))?.[0];
}
