import type { OperationOptions } from '../table/index.ts';
import { ownerOf, type Side, type Sides } from './side.ts';
import { readMetas } from './turn.ts';

/** The side that a partition's writes go to in a managed phase, or last went to, if it is just turning. For people. */
export async function partitionOwner(
  sides: Sides,
  partitionKey: string,
  options: OperationOptions,
): Promise<Side> {
  const { source, target } = await readMetas(sides, partitionKey, options);
  return ownerOf(Math.max(source?.epoch ?? 0, target?.epoch ?? 0));
}
