/** A source of randomness: a number in [0, 1). Handed in, so that a test can repeat a run exactly. */
export type Random = () => number;

/** A small seeded generator (mulberry32, by Tommy Ettinger, public domain). Not for secrets. */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/** An identifier of 100 random bits, in lower-case base 32. */
export function newId(random: Random): string {
  const alphabet = 'abcdefghijklmnopqrstuvwxyz234567';
  return Array.from({ length: 20 }, () => alphabet[Math.floor(random() * 32)]).join('');
}
