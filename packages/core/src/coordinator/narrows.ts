import { type Both, jointManifest } from '../live/index.ts';
import type { Manifest } from '../table/index.ts';

/** What an application can do with its table today, and not while it is under migration, in words; empty if nothing. */
export function narrowsOf(manifests: Both<Manifest>): readonly string[] {
  const [now, then] = [manifests.source, jointManifest(manifests)];
  const less = (what: string, before: number, after: number) =>
    after < before ? [`${what}: ${shown(after)} instead of ${shown(before)}`] : [];
  return [
    ...less('writes of a batch', now.atomicBatch.rows, then.atomicBatch.rows),
    ...less('bytes of a batch', now.atomicBatch.bytes, then.atomicBatch.bytes),
    ...less('rows of an atomic query', now.atomicQuery.rows, then.atomicQuery.rows),
    ...less('bytes of an atomic query', now.atomicQuery.bytes, then.atomicQuery.bytes),
    ...less('bytes of a row', now.limits.rowBytes, then.limits.rowBytes),
    ...(now.deletesAbsent && !then.deletesAbsent
      ? ['a delete without a condition is refused beside other writes of a batch']
      : []),
  ];
}

function shown(limit: number): string {
  return Number.isFinite(limit) ? limit.toLocaleString('en-US') : 'any number';
}
