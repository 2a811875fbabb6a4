export { BUGS, type Bug, SIXTEENTH } from './bugs.ts';
export { mutantOf } from './mutant-of.ts';
export { PAIRS, type Pair, STREAM_PAIRS } from './pairs.ts';
export { DEFAULT_WEIGHTS, drawProgram, type Program, type Weights } from './program.ts';
export * as protocol from './protocol/index.ts';
export type { Protocol } from './protocol-module.ts';
export { migration, type ScenarioOptions } from './scenario.ts';
