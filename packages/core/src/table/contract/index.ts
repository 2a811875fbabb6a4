export { tableContract } from './cases.ts';
export { CONTRACT_COLUMNS, type ColumnName } from './columns.ts';
export type {
  ActiveFault,
  ContractCase,
  ContractFactory,
  ContractOffers,
  ContractSubject,
  FaultKind,
} from './contract-case.ts';
export type { Need } from './need.ts';
export { type ContractSkip, type PlannedCase, planContract, runContractCase } from './plan.ts';
