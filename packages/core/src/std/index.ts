export { assert, DefectError, unreachable } from './assert.ts';
export { canonicalJson, type Json } from './canonical-json.ts';
export { type Clock, VirtualClock } from './clock.ts';
export {
  type Effect,
  effectOf,
  isCode,
  isOperationalError,
  OperationalError,
  type OperationalErrorOptions,
} from './errors.ts';
export { newId, type Random, seededRandom } from './random.ts';
