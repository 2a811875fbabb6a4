import Database from 'better-sqlite3';

/**
 * Compares two tables of our own layout with SQL alone: what one has and the other has not, both ways, with the storage
 * class of every value, so that 1 and 1.0 and '1' are three things. Versions are each file's own.
 */
export function compareOutside(source: string, target: string, table: string): string {
  const db = new Database(source, { readonly: true });
  try {
    db.prepare('attach ? as target').run(target);
    const columns = ['partition_key', 'row_key', 'properties'];
    const list = columns.map((column) => `${column}, typeof(${column})`).join(', ');
    const only = (one: string, other: string) => {
      const rows = `select ${list} from ${one}.${table} except select ${list} from ${other}.${table}`;
      return (db.prepare(`select count(*) as n from (${rows})`).get() as { n: number }).n;
    };
    return `only in the source: ${only('main', 'target')}, only in the target: ${only('target', 'main')}`;
  } finally {
    db.close();
  }
}
