export { currentOwner, probeProcess } from './process-owner.ts';
export { systemClock } from './system-clock.ts';
export { systemRandom } from './system-random.ts';
