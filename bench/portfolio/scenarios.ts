import { liveScenario, MUTANTS, mutantScenario, SIZES } from '@changeover/sim/live';
import { BUGS, migration, mutantOf, protocol } from '@changeover/sim/original';
import type { Scenario } from '@changeover/tester';
import * as live from 'changeover/live';

type Any = Scenario<unknown, unknown>;

/** A deliberate defect, and the scenario that is to find it. */
export interface Subject {
  readonly name: string;
  readonly of: 'original' | 'live';
  scenario(): Promise<Any>;
}

/** All defects of both protocols. */
export const SUBJECTS: readonly Subject[] = [
  ...BUGS.map((bug): Subject => {
    return { name: bug.name, of: 'original', scenario: async () => migration(await mutantOf(bug)) as Any };
  }),
  ...MUTANTS.map((mutant): Subject => {
    return { name: mutant.name, of: 'live', scenario: async () => (await mutantScenario(mutant)) as Any };
  }),
];

/** The protocols as they ship, in the programs that they are tested with by default. */
export const DEFAULTS: Readonly<Record<string, () => Any>> = {
  'the original protocol': () => migration(protocol) as Any,
  'the live protocol': () => liveScenario({ name: 'live', size: SIZES.default, live }) as Any,
};
