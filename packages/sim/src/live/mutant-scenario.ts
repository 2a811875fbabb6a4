import type { Scenario } from '@changeover/tester';
import { mutate } from '../mutants/index.ts';
import type { Live } from './live.ts';
import type { LiveMutant } from './mutants.ts';
import type { Program } from './program.ts';
import { liveScenario, type World } from './scenario.ts';
import { SIZES } from './sizes.ts';

const LIVE = new URL('../../../core/src/live/', import.meta.url);
const FAULTS = { before: 1, after: 2, duplicate: 1, crash: 1 };

/** The protocol with a defect. */
export function liveMutant(mutant: LiveMutant): Promise<Live> {
  return mutate<Live>(LIVE, 'index.ts', mutant);
}

/** Clients at work on a protocol with a defect, in programs of the size that it shows in. */
export async function mutantScenario(mutant: LiveMutant): Promise<Scenario<World, Program>> {
  const { name, size = 'default', faults, late } = mutant;
  const live = await liveMutant(mutant);
  const sized = late === undefined ? SIZES[size] : { ...SIZES[size], late };
  return liveScenario({
    name,
    size: sized,
    live,
    ...(faults ? { faults: faults === true ? FAULTS : faults } : {}),
  });
}
