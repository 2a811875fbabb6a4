export { type Edit, type Mutant, mutate } from './mutate.ts';
