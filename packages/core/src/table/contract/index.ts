export { tableContract } from './cases.ts';
export { CONTRACT_COLUMNS, type ColumnName } from './columns.ts';
export type {
  ActiveFault,
  ContractCase,
  ContractFactory,
  ContractOffers,
  ContractSubject,
  FaultKind,
  Need,
} from './contract-case.ts';
export { CONTRACT_KEY_TEXTS, CONTRACT_VALUES } from './extremes.ts';
export { type ContractSkip, type PlannedCase, planContract, runContractCase } from './plan.ts';
