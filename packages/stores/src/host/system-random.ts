import { randomInt } from 'node:crypto';
import type { Random } from 'changeover/std';

const STEPS = 2 ** 32;

/** Numbers that nobody can foresee, so that two processes never give themselves the same name. */
export const systemRandom: Random = () => randomInt(STEPS) / STEPS;
