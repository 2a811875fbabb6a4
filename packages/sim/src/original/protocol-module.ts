/** The protocol, or a mutant of it. */
export type Protocol = typeof import('./protocol/index.ts');
