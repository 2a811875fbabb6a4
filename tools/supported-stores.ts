import assert from 'node:assert/strict';
import { type ContractFactory, type ContractSkip, planContract } from 'changeover/table/contract';
import { MEMORY_FACTORIES } from '../packages/core/test/table/memory-subject.ts';
import { azureTablesFactory } from '../packages/stores/test/azure-tables/own-subject.ts';
import * as postgresMapped from '../packages/stores/test/postgres/mapped-subject.ts';
import * as postgresOwn from '../packages/stores/test/postgres/own-subject.ts';
import { MAPPED_SKIPS, mappedFactory } from '../packages/stores/test/sqlite/mapped-subject.ts';
import { ownFactory } from '../packages/stores/test/sqlite/own-subject.ts';
import type { StoreResult } from './support-table.ts';

/** Every store and layout that there is, as its own tests run the contract suite over it. */
export async function supportedStores(): Promise<readonly StoreResult[]> {
  const memory = MEMORY_FACTORIES['the memory store'];
  assert.ok(memory);
  return [
    resultOf('Memory', memory),
    resultOf('SQLite', ownFactory(1)),
    resultOf('SQLite, mapped', await mappedFactory('hash'), MAPPED_SKIPS.hash),
    resultOf('SQLite, mapped with a version column', await mappedFactory('column'), MAPPED_SKIPS.column),
    resultOf('Azure Tables', azureTablesFactory(undefined)),
    resultOf('Postgres', postgresOwn.ownFactory(undefined)),
    ...(['server', 'column'] as const).map((versions) =>
      resultOf(
        versions === 'server' ? 'Postgres, mapped' : 'Postgres, mapped with a version column',
        postgresMapped.mappedFactory(versions, undefined),
        postgresMapped.MAPPED_SKIPS[versions],
      ),
    ),
  ];
}

/** No case has failed: they are tests of the build, which fails with any of them. */
function resultOf(name: string, factory: ContractFactory, skips: readonly ContractSkip[] = []): StoreResult {
  return {
    name,
    manifest: factory.manifest,
    plan: planContract(factory.manifest, factory.offers, skips),
    failed: [],
  };
}
