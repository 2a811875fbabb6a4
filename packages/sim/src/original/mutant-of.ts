import { type Mutant, mutate } from '../mutants/index.ts';
import type { Protocol } from './protocol-module.ts';

/** The protocol with a defect. */
export function mutantOf(mutant: Mutant): Promise<Protocol> {
  return mutate<Protocol>(new URL('./protocol/', import.meta.url), 'index.ts', mutant);
}
