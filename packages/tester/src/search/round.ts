/** Of the first round. */
const SMALLEST = 64;

/** Schedules of the largest round. */
export const LARGEST = 4096;

/**
 * How many schedules the round has that begins with this one. A search goes in rounds, which become larger: at their ends
 * threads meet, and it is decided how to go on. So what is decided follows from the schedules' numbers.
 */
export function roundFrom(schedule: number): number {
  return Math.min(Math.max(SMALLEST, schedule), LARGEST);
}
