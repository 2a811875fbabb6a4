import { MUTANTS, mutantScenario, pairScenario } from '@changeover/sim/live';
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

/** One whose programs are drawn, of which there is hardly an end; and a single program, whose traces a proof can count. */
export const CURVES: Readonly<Record<string, () => Any>> = {
  'the original protocol': () => migration(protocol) as Any,
  'two calls of the live protocol beside a turn': () =>
    pairScenario({
      kinds: ['upsert merge', 'delete any'],
      present: true,
      state: 'copying, and turned back',
      live,
      faults: { crash: 1 },
    }) as Any,
};
