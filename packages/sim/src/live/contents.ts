import type { Properties, Value } from 'changeover/table';
import type { Content } from './reference.ts';

/** What the application writes for a content. */
export function propertiesOf({ written, merged, flag }: Content): Properties {
  return {
    ...(written === undefined ? {} : { written: int32(written) }),
    ...(merged === undefined ? {} : { merged: int32(merged) }),
    ...(flag === undefined ? {} : { flag: { type: 'boolean', value: flag } as const }),
  };
}

/** The content of a row that the application got. Throws for a row with anything else in it. */
export function contentOf(properties: Properties): Content {
  const { written, merged, flag, ...other } = properties;
  const strangers = Object.keys(other);
  if (strangers.length > 0) throw new Error(`a row shows ${strangers.join(', ')}`);
  return {
    written: written?.value as number | undefined,
    merged: merged?.value as number | undefined,
    flag: flag?.value as boolean | undefined,
  };
}

function int32(value: number): Value {
  return { type: 'int32', value };
}
