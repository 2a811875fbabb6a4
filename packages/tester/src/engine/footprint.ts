/**
 * Where shared state is, as a path: `accounts/alice`. A place contains the places below it, so that reading the whole of
 * `accounts` conflicts with writing `accounts/alice`. The empty path is everything there is.
 */
export interface Place {
  readonly path: string;
  /** Dense, from 0: an index into arrays that hold something about each place. */
  readonly id: number;
  readonly depth: number;
  readonly parent: Place | undefined;
}

export interface Access {
  readonly place: Place;
  readonly write: boolean;
}

/** What a step reads and writes of the state that tasks share. Two steps that do not conflict may be swapped. */
export interface Footprint {
  readonly accesses: readonly Access[];
}

// Places are few, and the same in every schedule: they are made once, so that comparing them compares references.
const places = new Map<string, Place>();
const footprints = { reads: new Map<string, Footprint>(), writes: new Map<string, Footprint>() };

function placeOf(path: string): Place {
  const known = places.get(path);
  if (known) return known;
  const parent = path === '' ? undefined : placeOf(path.slice(0, Math.max(0, path.lastIndexOf('/'))));
  const place = { path, id: places.size, depth: parent ? parent.depth + 1 : 0, parent };
  places.set(path, place);
  return place;
}

/** How many places there are: the length of an array that is indexed by their ids. */
export function placeCount(): number {
  return places.size;
}

export function reads(...paths: readonly string[]): Footprint {
  return paths.length === 1
    ? single(paths[0] as string, 'reads')
    : joined(...paths.map((path) => reads(path)));
}

export function writes(...paths: readonly string[]): Footprint {
  return paths.length === 1
    ? single(paths[0] as string, 'writes')
    : joined(...paths.map((path) => writes(path)));
}

function single(path: string, kind: 'reads' | 'writes'): Footprint {
  const known = footprints[kind].get(path);
  if (known) return known;
  const made = { accesses: [{ place: placeOf(path), write: kind === 'writes' }] };
  footprints[kind].set(path, made);
  return made;
}

/** All of the footprints together. */
export function joined(...parts: readonly Footprint[]): Footprint {
  return parts.reduce(pair, nothing);
}

// The same few footprints meet again and again, at every step of every schedule.
const pairs = new WeakMap<Footprint, WeakMap<Footprint, Footprint>>();

function pair(one: Footprint, other: Footprint): Footprint {
  if (other.accesses.length === 0 || one === other) return one;
  if (one.accesses.length === 0) return other;
  let known = pairs.get(one);
  if (!known) pairs.set(one, (known = new WeakMap()));
  let both = known.get(other);
  if (!both) known.set(other, (both = united(one, other)));
  return both;
}

/** What either says, once. */
function united(one: Footprint, other: Footprint): Footprint {
  const accesses = [...one.accesses];
  for (const access of other.accesses) {
    if (!accesses.some(({ place, write }) => place === access.place && write === access.write))
      accesses.push(access);
  }
  return { accesses };
}

/** Touches no shared state: whatever the others do may happen before or after, without a difference. */
export const nothing: Footprint = { accesses: [] };

/** May touch anything. What is assumed of a call whose footprint nobody gave: no reduction, but never wrong. */
export const everything: Footprint = writes('');

export function conflicts({ accesses: ones }: Footprint, { accesses: others }: Footprint): boolean {
  // Indices, not iterators: strategies ask this of every pair of points at every step.
  for (let at = 0; at < ones.length; at++) {
    const one = ones[at] as Access;
    for (let index = 0; index < others.length; index++) {
      const other = others[index] as Access;
      if ((one.write || other.write) && overlap(one.place, other.place)) return true;
    }
  }
  return false;
}

/** Whether they are the same, or one contains the other. */
function overlap(one: Place, other: Place): boolean {
  if (one.depth === other.depth) return one === other;
  return one.depth > other.depth ? within(one, other) : within(other, one);
}

function within(inner: Place, outer: Place): boolean {
  if (inner.depth <= outer.depth) return false;
  let place: Place = inner;
  while (place.depth > outer.depth) place = place.parent as Place;
  return place === outer;
}

/** Whether the footprint announces the access: the place itself or one that contains it, written if it is written. */
export function covers(footprint: Footprint, { place, write }: Access): boolean {
  return footprint.accesses.some(
    (declared) => (declared.write || !write) && (declared.place === place || within(place, declared.place)),
  );
}

/** Places of the tester's own, where what no scenario can see keeps steps in order. */
const OWN = new Map([
  ['#time', 'the time'],
  ['#random', 'random numbers'],
  ['#faults', 'the budget of faults'],
  ['#calls', 'which calls were over before'],
  ['#branches', 'the branches of its task'],
  ['#over', 'who is done'],
  ['#seen', 'what conditions look at'],
]);

export function describeFootprint({ accesses }: Footprint): string {
  const list = (write: boolean) => {
    const paths = accesses.filter((access) => access.write === write).map(({ place }) => place.path);
    return paths.includes('') ? ['everything'] : [...new Set(paths.map(said))];
  };
  const parts = [
    ['reads', list(false)],
    ['writes', list(true)],
  ] as const;
  const told = parts
    .filter(([, paths]) => paths.length > 0)
    .map(([verb, paths]) => `${verb} ${paths.join(', ')}`);
  return told.join('; ') || 'touches nothing';
}

function said(path: string): string {
  return OWN.get(path.split('/', 1)[0] as string) ?? path;
}
