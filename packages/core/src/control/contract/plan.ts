import { assert } from '../../std/index.ts';
import { controlContract } from './cases.ts';
import type { ControlCase, ControlFactory } from './contract-case.ts';
import type { ControlOffers } from './need.ts';

/** A case that a store does not pass yet, and why, for all to see. */
export interface ControlSkip {
  readonly title: string;
  readonly reason: string;
}

export interface PlannedControlCase {
  readonly case: ControlCase;
  /** Why it does not run, or undefined if it does. */
  readonly skipped: string | undefined;
}

/** Decides which cases run. A skip that names no case, or gives no reason, is a defect. */
export function planControlContract(
  offers: ControlOffers,
  skips: readonly ControlSkip[] = [],
): readonly PlannedControlCase[] {
  for (const { title, reason } of skips) {
    const known = controlContract.some((each) => each.title === title);
    assert(known, `no contract case has the title ${JSON.stringify(title)}, which a skip names`);
    assert(reason !== '', `the skip of ${JSON.stringify(title)} gives no reason`);
  }
  return controlContract.map((each) => ({ case: each, skipped: whySkipped(each, offers, skips) }));
}

/** Runs one case on a subject of its own. */
export async function runControlCase(each: ControlCase, factory: ControlFactory): Promise<void> {
  const subject = await factory.create();
  try {
    await each.run(subject);
  } finally {
    await subject.close();
  }
}

function whySkipped(
  { title, needs }: ControlCase,
  offers: ControlOffers,
  skips: readonly ControlSkip[],
): string | undefined {
  const unmet = needs.filter((need) => !need.met(offers));
  if (unmet.length > 0) return `needs ${unmet.map(({ name }) => name).join(', ')}`;
  return skips.find((skip) => skip.title === title)?.reason;
}
