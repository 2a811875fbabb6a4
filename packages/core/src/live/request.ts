import type { Manifest, Write } from '../table/index.ts';
import type { Send } from './decide.ts';
import { metaWrite, raiseFence, touchFence } from './meta.ts';

/** What is sent for a decision: writes of ours, so many, and behind them those of the application. */
export interface Request {
  readonly batch: readonly Write[];
  readonly ours: number;
}

export function requestOf({ writes, fence, birth }: Send, manifest: Manifest): Request {
  const ours = oursBefore(writes, fence, birth, manifest);
  const theirs = ours.length === 0 || manifest.deletesAbsent ? writes : writes.map(presupposing);
  return { batch: [...ours, ...theirs], ours: ours.length };
}

/** Beside our own writes some stores delete only what is there. What is not is told by the refusal, at that instant. */
function presupposing(write: Write): Write {
  return isDeleteIfExists(write) ? { ...write, condition: '*' } : write;
}

export function isDeleteIfExists(write: Write): write is Write & { readonly kind: 'delete' } {
  return write.kind === 'delete' && write.condition === undefined;
}

function oursBefore(
  writes: readonly Write[],
  fence: Send['fence'],
  birth: Send['birth'],
  manifest: Manifest,
): readonly Write[] {
  const { partitionKey } = writes[0] as Write;
  if (birth !== undefined) return birthWrites(partitionKey, birth);
  return fence ? [touchFence(manifest, partitionKey, fence)] : [];
}

/** The marks of a partition that the source owns in epoch 0. They fail if there are any already. */
export function birthWrites(partitionKey: string, plan: number): readonly Write[] {
  const meta = { epoch: 0, state: 'open', complete: false, floor: 0, born: false, plan } as const;
  return [metaWrite(partitionKey, undefined, meta), raiseFence(partitionKey, meta)];
}
