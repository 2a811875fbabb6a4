import type { ControlStore, FailureDetector, Owner, Session } from '../control/index.ts';
import type { Places, Resolve, SeenClient } from '../cutover/index.ts';
import type { Clock } from '../std/index.ts';
import type { LiveEvent } from './events.ts';
import type { Pace } from './pace.ts';
import type { Opener } from './retired-place.ts';
import type { Shard, Task } from './task.ts';

/** What whoever drives a migration works with. */
export interface Driving {
  readonly control: ControlStore;
  readonly clock: Clock;
  readonly detector: FailureDetector;
  readonly owner: Owner;
  readonly places: Places;
  readonly resolve: Resolve;
  readonly opener: Opener;
  readonly session: Session;
  readonly pace: Pace;
  /** The shards that this process works on at the moment. */
  readonly atWork: Set<number>;
  /** Shards in flight in this process. */
  readonly threads: number;
  readonly signal: AbortSignal;
  healthy?(told: readonly string[]): Promise<string | undefined>;
  onEvent(event: LiveEvent): void;
  onProgress(task: Task, shards: readonly Shard[], finished: boolean): void;
  onWaiting?(clients: readonly SeenClient[]): void;
}
