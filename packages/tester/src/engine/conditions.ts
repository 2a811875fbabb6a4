import { messageOf } from './failure.ts';
import { conflicts, type Footprint, nothing, writes } from './footprint.ts';
import type { Scenario } from './scenario.ts';

/**
 * What a condition sees between two steps depends on their order even if they are independent otherwise. So all steps
 * that may change what a condition looks at write to this place.
 */
const SEEN = writes('#seen');

/** Checks the conditions that must always hold. Gives why one does not, and what the step touches by being looked at. */
export function checkAlways(
  { always }: Scenario<unknown, unknown>,
  world: unknown,
  step: Footprint,
): { broken?: string; error?: unknown; touches: Footprint } {
  let touches = nothing;
  for (const [name, condition] of Object.entries(always ?? {})) {
    const given = typeof condition === 'function' ? { holds: condition } : condition;
    try {
      if (given.holds(world) === false) return { broken: `"${name}" does not hold`, touches: SEEN };
    } catch (error) {
      return { broken: `"${name}": ${messageOf(error)}`, error, touches: SEEN };
    }
    const changes =
      'reads' in given ? conflicts(given.reads, step) : step.accesses.some(({ write }) => write);
    if (changes) touches = SEEN;
  }
  return { touches };
}

/** The first of the conditions that must come in the end, and has not. */
export function stillMissing({ eventually }: Scenario<unknown, unknown>, world: unknown): string | undefined {
  if (!eventually) return undefined;
  return Object.entries(eventually).find(([, holds]) => !holds(world))?.[0];
}
