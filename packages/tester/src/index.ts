export type { Controlled } from './engine/controlled.ts';
export { FaultError } from './engine/controlled.ts';
export type { DrainName } from './engine/drain.ts';
export type { Draw } from './engine/draw.ts';
export type { Failure, FailureKind } from './engine/failure.ts';
export { everything, type Footprint, joined, nothing, reads, writes } from './engine/footprint.ts';
export type { Call } from './engine/parking.ts';
export type { Fault, Point } from './engine/point.ts';
export type { Recorded, RecordedHistory } from './engine/recorded-history.ts';
export type { Condition, FaultBudget, Scenario } from './engine/scenario.ts';
export type { Scope } from './engine/scope.ts';
export { ABANDON, type Profile, type Strategy } from './engine/strategy.ts';
export type { TaskBody, TaskOptions } from './engine/task.ts';
export type { TraceStep } from './engine/trace.ts';
export type { VirtualClock } from './engine/virtual-clock.ts';
export * from './history/index.ts';
export type { Found } from './search/examine.ts';
export {
  type CommonOptions,
  type ExploreOptions,
  explore,
  type ProveOptions,
  prove,
  replay,
} from './search/explore.ts';
export type { Replayed } from './search/replay-token.ts';
export { Report, ScheduleError } from './search/report.ts';
export type { ReportData } from './search/report-data.ts';
export type { StrategyName } from './strategy/named.ts';
export { Sampling } from './strategy/sampling.ts';
