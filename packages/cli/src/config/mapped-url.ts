import type { TableMapping } from './config.ts';

/** The URL of one table of the store that `store` names, mapped if it says how. */
export function mappedUrl(store: string, mapping: TableMapping): string {
  const query = queryOf(mapping);
  // The store may have parameters of its own: a schema.
  const mark = store.includes('?') ? '&' : '?';
  return `${store}${query === '' ? '' : `${mark}${query}`}#${encodeURIComponent(mapping.table)}`;
}

function queryOf({ partitionKey, rowKey, version, types }: TableMapping): string {
  const list = (names: readonly string[]) => names.map(encodeURIComponent).join(',');
  const parts: string[] = [];
  if (partitionKey) parts.push(`partitionKey=${list(partitionKey)}`);
  if (rowKey) parts.push(`rowKey=${list(rowKey)}`);
  if (version !== undefined) parts.push(`version=${encodeURIComponent(version)}`);
  if (types) {
    const typed = Object.entries(types).map(([name, type]) => `${encodeURIComponent(name)}:${type}`);
    parts.push(`types=${typed.join(',')}`);
  }
  return parts.join('&');
}
