import type { ComparisonOperator, Filter } from '../filter.ts';
import type { Value } from '../value.ts';

/** A property compared with a value. */
export function is(name: string, operator: ComparisonOperator, value: Value): Filter {
  return { kind: 'comparison', subject: { kind: 'property', name }, operator, value };
}

export function keyIs(kind: 'partitionKey' | 'rowKey', operator: ComparisonOperator, text: string): Filter {
  return { kind: 'comparison', subject: { kind }, operator, value: string(text) };
}

export function not(operand: Filter): Filter {
  return { kind: 'not', operand };
}

export function all(...operands: readonly Filter[]): Filter {
  return { kind: 'and', operands };
}

export function any(...operands: readonly Filter[]): Filter {
  return { kind: 'or', operands };
}

export const string = (value: string): Value => ({ type: 'string', value });
export const boolean = (value: boolean): Value => ({ type: 'boolean', value });
export const int32 = (value: number): Value => ({ type: 'int32', value });
export const int64 = (value: bigint): Value => ({ type: 'int64', value });
export const double = (value: number): Value => ({ type: 'double', value });
export const decimal = (value: string): Value => ({ type: 'decimal', value });
export const datetime = (value: string): Value => ({ type: 'datetime', value });
export const guid = (value: string): Value => ({ type: 'guid', value });
export const binary = (...bytes: readonly number[]): Value => ({
  type: 'binary',
  value: new Uint8Array(bytes),
});
export const json = (value: string): Value => ({ type: 'json', value });
