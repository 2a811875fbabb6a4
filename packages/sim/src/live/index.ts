export { mutantScenario } from './mutant-scenario.ts';
export { MUTANTS } from './mutants.ts';
export { KINDS, type Kind, pairScenario, STATES, WHOLE } from './pairs.ts';
export { liveScenario } from './scenario.ts';
export { SIZES } from './sizes.ts';
