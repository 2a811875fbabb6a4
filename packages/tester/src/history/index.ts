export { History, type Invocation, type Operation } from './history.ts';
export {
  type CheckOptions,
  type CheckResult,
  checkLinearizability,
  type Linearizable,
  type NotLinearizable,
} from './linearizability.ts';
export {
  type AnnotatedChecker,
  type AnnotatedInvocation,
  annotated,
  LinearizationError,
  type LinearizationFailure,
} from './linearization-points.ts';
export type { Verdict } from './linearization-search.ts';
export { type Model, type Outcome, outcomesOf, type PartitionKey } from './model.ts';
export { type KeyValueInput, keyValueMap, type RegisterInput, register } from './ready-models.ts';
export { smallestWindow, type ViolationWindow } from './window.ts';
export {
  type OperationReport,
  renderWindow,
  reportWindow,
  showValue,
  type WindowReport,
} from './window-report.ts';
