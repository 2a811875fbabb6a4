export { controlContract } from './cases.ts';
export type {
  ControlCase,
  ControlFactory,
  ControlSubject,
  Outage,
} from './contract-case.ts';
export type { ControlOffers, Need } from './need.ts';
export { type ControlSkip, type PlannedControlCase, planControlContract, runControlCase } from './plan.ts';
