import { isTombstone, marked, TOMBSTONE } from './metadata.ts';
import { ANY, type Failed, type Reason, type Row, type Write } from './table.ts';

export interface Translated {
  readonly writes: readonly Write[];
}

/**
 * What to write to the target, of which the given rows were read: each write holds only as long as its row stays as it
 * is. Or which of the writes must fail, if the rows really were so at one instant.
 */
export function translate(
  writes: readonly Write[],
  present: readonly Row[],
  leaveTombstones: boolean,
): Translated | Failed {
  const translated: Write[] = [];
  for (const [index, write] of writes.entries()) {
    const found = present.find(({ row }) => row === write.row);
    const one = translateOne(write, found, leaveTombstones);
    if (typeof one === 'string') return { failed: index, reason: one };
    translated.push(one);
  }
  return { writes: translated };
}

function translateOne(write: Write, found: Row | undefined, leaveTombstones: boolean): Write | Reason {
  const { row } = write;
  const live = found && !isTombstone(found) ? found : undefined;
  switch (write.kind) {
    case 'insert': {
      const properties = marked(write.properties);
      if (live) return 'conflict';
      return found
        ? { kind: 'replace', row, properties, version: found.version }
        : { kind: 'insert', row, properties };
    }
    case 'insertOrReplace':
    case 'insertOrMerge':
      return { kind: write.kind, row, properties: marked(write.properties) };
    case 'replace':
    case 'merge': {
      if (!live) return 'notFound';
      if (write.version !== ANY && write.version !== live.version) return 'versionMismatch';
      return { kind: write.kind, row, properties: marked(write.properties), version: live.version };
    }
    case 'delete': {
      if (!live) return 'notFound';
      if (write.version !== ANY && write.version !== live.version) return 'versionMismatch';
      return leaveTombstones
        ? { kind: 'replace', row, properties: TOMBSTONE, version: live.version }
        : { kind: 'delete', row, version: live.version };
    }
    case 'deleteIfExists':
      // Where there is nothing, nothing would hold the batch to the instant at which there was nothing.
      return leaveTombstones
        ? { kind: 'insertOrReplace', row, properties: TOMBSTONE }
        : { kind: 'deleteIfExists', row };
  }
}
