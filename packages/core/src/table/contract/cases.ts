import { batchCases } from './batch.ts';
import { checkCases } from './check.ts';
import { checkRaceCases } from './check-race.ts';
import type { ContractCase } from './contract-case.ts';
import { describeCases } from './describe.ts';
import { faultCases } from './faults.ts';
import { fenceCases } from './fence.ts';
import { fenceRaceCases } from './fence-race.ts';
import { filterCases } from './filter.ts';
import { hashCases } from './hash.ts';
import { keyCases } from './keys.ts';
import { lifecycleCases } from './lifecycle.ts';
import { limitCases } from './limits.ts';
import { loadCases } from './load.ts';
import { queryCases } from './query.ts';
import { readCases } from './read.ts';
import { renameCases } from './rename.ts';
import { reservedCases } from './reserved.ts';
import { sampleCases } from './sample.ts';
import { scanCases } from './scan.ts';
import { storeCases } from './store.ts';
import { valueCases } from './values.ts';
import { versionCases } from './versions.ts';
import { wholeCases } from './whole.ts';
import { writeCases } from './write.ts';

/** Every claim that the contract makes, theme by theme. */
export const tableContract: readonly ContractCase[] = [
  ...readCases,
  ...writeCases,
  ...batchCases,
  ...versionCases,
  ...checkCases,
  ...checkRaceCases,
  ...queryCases,
  ...wholeCases,
  ...scanCases,
  ...filterCases,
  ...valueCases,
  ...keyCases,
  ...reservedCases,
  ...loadCases,
  ...fenceCases,
  ...fenceRaceCases,
  ...sampleCases,
  ...hashCases,
  ...describeCases,
  ...limitCases,
  ...lifecycleCases,
  ...storeCases,
  ...renameCases,
  ...faultCases,
];
