export { type BringOptions, bring } from './bring.ts';
export { forget, retire, strip, wipe } from './clean-up.ts';
export { guardedBy } from './guarded.ts';
export { jointManifest } from './limits.ts';
export { MigratingTable, type MigratingTableOptions } from './migrating-table.ts';
export { type PartitionEpoch, partitionEpochs } from './partition-epochs.ts';
export { type PartitionRange, partitionsIn, partitionsOf } from './partitions.ts';
export type { Phase } from './phase.ts';
export { type Both, both, otherOf, ownerOf, type Side, type Sides } from './side.ts';
export { stamp } from './stamp.ts';
export type { Tenure } from './tenure.ts';
export type { StepOutcome } from './turn.ts';
export {
  type Difference,
  type ValidateCounts,
  type Validated,
  type ValidateOptions,
  validate,
} from './validate.ts';
