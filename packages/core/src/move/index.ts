export { type AbandonRequest, abandonJob } from './abandon.ts';
export { PROGRESS_TABLE } from './checkpoints.ts';
export { MoveError, type MoveErrorCode } from './errors.ts';
export type { Difference, MoveEvent, MoveStep, ValidateSummary } from './events.ts';
export {
  allOperations,
  type Forecast,
  type Operations,
  priceOf,
  type SecondsRange,
  type SideOperations,
  type StepForecast,
} from './forecast.ts';
export { jobId } from './job.ts';
export {
  type MovePlan,
  type PlanContext,
  type PlannedSide,
  type PlannedTable,
  type PlanOptions,
  planMove,
} from './plan.ts';
export { checkPlaces } from './preflight.ts';
export { PRICE_LIST, type UnitPrices } from './price-list.ts';
export type { Scratch } from './probe.ts';
export type { MoveContext, MoveRequest, MoveResult, RepairResult, StepTaken, TablePair } from './request.ts';
export { runMove } from './run-move.ts';
export { type JobStatus, jobStatus, listJobs } from './status.ts';
export { MOVE_STEPS } from './steps.ts';
export type { Count, Largest, ProblemGroup, Survey } from './survey.ts';
