import { assert } from '../../std/index.ts';
import type { Manifest } from '../manifest.ts';
import { tableContract } from './cases.ts';
import type { ContractCase, ContractFactory, ContractOffers } from './contract-case.ts';

/** A case that a store does not pass yet, and why, for all to see. */
export interface ContractSkip {
  readonly title: string;
  readonly reason: string;
}

export interface PlannedCase {
  readonly case: ContractCase;
  /** Why it does not run, or undefined if it does. */
  readonly skipped: string | undefined;
}

/** Decides which cases run. A skip that names no case, or gives no reason, is a defect. */
export function planContract(
  manifest: Manifest,
  offers: ContractOffers,
  skips: readonly ContractSkip[] = [],
): readonly PlannedCase[] {
  for (const { title, reason } of skips) {
    assert(
      tableContract.some((each) => each.title === title),
      `no contract case has the title ${JSON.stringify(title)}, which a skip names`,
    );
    assert(reason !== '', `the skip of ${JSON.stringify(title)} gives no reason`);
  }
  return tableContract.map((each) => ({ case: each, skipped: whySkipped(each, manifest, offers, skips) }));
}

/** Runs one case on a subject of its own. */
export async function runContractCase(each: ContractCase, factory: ContractFactory): Promise<void> {
  const subject = await factory.create();
  try {
    await each.run(subject);
  } finally {
    await subject.close();
  }
}

function whySkipped(
  { title, needs }: ContractCase,
  manifest: Manifest,
  offers: ContractOffers,
  skips: readonly ContractSkip[],
): string | undefined {
  const unmet = needs.filter((need) => !need.met(manifest, offers));
  if (unmet.length > 0) return `needs ${unmet.map(({ name }) => name).join(', ')}`;
  return skips.find((skip) => skip.title === title)?.reason;
}
