import { type Footprint, reads, writes } from './footprint.ts';
import type { Parking } from './parking.ts';

/** Methods of Map and Set by what they do; the rest read the whole. */
const KEYED = new Map<string, (path: string) => Footprint>([
  ['get', reads],
  ['has', reads],
  ['set', writes],
  ['add', writes],
  ['delete', writes],
]);

/**
 * The object, saying of each access where it was. Objects below it are observed too, as places below it; a Map's or
 * Set's entries are places by their keys.
 */
export function observed<T extends object>(parking: Parking, target: T, place: string): T {
  return target instanceof Map || target instanceof Set
    ? (observedCollection(parking, target as Map<unknown, unknown>, place) as T)
    : observedObject(parking, target, place);
}

function observedObject<T extends object>(parking: Parking, target: T, place: string): T {
  const at = (key: PropertyKey) => `${place}/${String(key)}`;
  return new Proxy(target, {
    get(object, key) {
      const value: unknown = Reflect.get(object, key);
      if (typeof value === 'function' || typeof key === 'symbol') return value;
      // To go through an object to what lies below it is not to read all of it.
      if (typeof value === 'object' && value !== null) return observed(parking, value, at(key));
      parking.accessed(reads(at(key)));
      return value;
    },
    set(object, key, value) {
      parking.accessed(writes(at(key)));
      return Reflect.set(object, key, value);
    },
    deleteProperty(object, key) {
      parking.accessed(writes(at(key)));
      return Reflect.deleteProperty(object, key);
    },
    has(object, key) {
      parking.accessed(reads(at(key)));
      return Reflect.has(object, key);
    },
    ownKeys(object) {
      parking.accessed(reads(place));
      return Reflect.ownKeys(object);
    },
  });
}

function observedCollection(parking: Parking, target: Map<unknown, unknown>, place: string): object {
  return new Proxy(target, {
    get(collection, name) {
      const value: unknown = Reflect.get(collection, name, collection);
      if (name === 'size') parking.accessed(reads(place));
      if (typeof value !== 'function') return value;
      const keyed = KEYED.get(String(name));
      return (...args: unknown[]) => {
        const entry = `${place}/${String(args[0])}`;
        const whole = name === 'clear' ? writes(place) : reads(place);
        parking.accessed(keyed ? keyed(entry) : whole);
        const result: unknown = Reflect.apply(value, collection, args);
        return name === 'get' ? below(parking, result, entry) : result;
      };
    },
  });
}

/** What is frozen never changes: to look at it later is to look at what was read before. */
function below(parking: Parking, value: unknown, place: string): unknown {
  if (Object.isFrozen(value)) return value;
  return typeof value === 'object' && value !== null ? observed(parking, value, place) : value;
}
