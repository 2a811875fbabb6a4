import type { Value } from './value.ts';

/** A value in reports and NDJSON files. What JSON numbers cannot carry exactly is text; binary is base64. */
export interface ValueJson {
  readonly type: Value['type'];
  readonly value: string | number | boolean;
}

export function valueToJson(value: Value): ValueJson {
  switch (value.type) {
    case 'int64':
      return { type: value.type, value: String(value.value) };
    case 'double':
      return { type: value.type, value: doubleToJson(value.value) };
    case 'binary':
      return { type: value.type, value: Buffer.from(value.value).toString('base64') };
    default:
      return { type: value.type, value: value.value };
  }
}

function doubleToJson(value: number): string | number {
  if (Object.is(value, -0)) return '-0';
  return Number.isFinite(value) ? value : String(value);
}
