import type { Value } from './value.ts';

export type ComparisonOperator = 'eq' | 'ne' | 'gt' | 'ge' | 'lt' | 'le';

/** What a comparison looks at: one of the two keys, or a property by its name. */
export type FilterSubject =
  | { readonly kind: 'partitionKey' }
  | { readonly kind: 'rowKey' }
  | { readonly kind: 'property'; readonly name: string };

/** A parsed filter. `and` and `or` have at least two operands. */
export type Filter =
  | {
      readonly kind: 'comparison';
      readonly subject: FilterSubject;
      readonly operator: ComparisonOperator;
      readonly value: Value;
    }
  | { readonly kind: 'and' | 'or'; readonly operands: readonly Filter[] }
  | { readonly kind: 'not'; readonly operand: Filter };

/** The names of the properties that `filter` looks at, each once. */
export function propertiesOf(filter: Filter): ReadonlySet<string> {
  const names = new Set<string>();
  visitComparisons(filter, ({ subject }) => {
    if (subject.kind === 'property') names.add(subject.name);
  });
  return names;
}

function visitComparisons(filter: Filter, visit: (comparison: Filter & { kind: 'comparison' }) => void): void {
  if (filter.kind === 'comparison') visit(filter);
  else if (filter.kind === 'not') visitComparisons(filter.operand, visit);
  else for (const operand of filter.operands) visitComparisons(operand, visit);
}
