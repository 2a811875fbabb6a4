/** What the module of the protocol offers: as it ships, or changed by a mutant. */
export type Live = typeof import('changeover/live');
