import type { Scenario } from '@changeover/tester';

export const TASKS: number;
export const POINTS: number;
export const points: Scenario<unknown>;
export const checked: Scenario<unknown>;
