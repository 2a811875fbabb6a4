import { type Filter, RESERVED_ROW_PREFIX } from '../table/index.ts';
import { metaKey } from './meta.ts';

/** The rows with these keys. */
export function keysAre(rowKeys: Iterable<string>): Filter {
  return anyOf([...rowKeys].map((rowKey) => rowKeyIs('eq', rowKey)));
}

export function anyOf(filters: readonly Filter[]): Filter {
  const operands = filters.flatMap((filter) => (filter.kind === 'or' ? filter.operands : [filter]));
  return operands.length === 1 ? (operands[0] as Filter) : { kind: 'or', operands };
}

export const IS_META: Filter = keysAre([metaKey('').rowKey]);

/** The rows whose keys begin with the reserved prefix: from it on, and before what follows all that begin with it. */
export const IS_OURS: Filter = {
  kind: 'and',
  operands: [rowKeyIs('ge', RESERVED_ROW_PREFIX), rowKeyIs('lt', behindAll(RESERVED_ROW_PREFIX))],
};

function rowKeyIs(operator: 'eq' | 'ge' | 'lt', value: string): Filter {
  return { kind: 'comparison', subject: { kind: 'rowKey' }, operator, value: { type: 'string', value } };
}

function behindAll(prefix: string): string {
  const last = prefix.length - 1;
  return prefix.slice(0, last) + String.fromCharCode(prefix.charCodeAt(last) + 1);
}
