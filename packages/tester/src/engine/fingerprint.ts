import { type Footprint, placeCount } from './footprint.ts';
import { mix } from './random.ts';

/**
 * A hash of what a schedule amounts to: the same for schedules that differ only in the order of steps that do not
 * conflict (a Mazurkiewicz trace). Each step is hashed with the set of the earlier steps that it conflicts with, and the
 * hashes are added up, in which order does not matter.
 */
export class Fingerprint {
  value = 0;
  // The sums of the hashes of the writes and reads so far, at each place, and at each place and all below it.
  private writesAt = new Int32Array(0);
  private readsAt = new Int32Array(0);
  private writesBelow = new Int32Array(0);
  private readsBelow = new Int32Array(0);

  reset(): void {
    this.value = 0;
    if (this.writesAt.length < placeCount()) this.resize(Math.max(16, 2 * placeCount()));
    this.writesAt.fill(0);
    this.readsAt.fill(0);
    this.writesBelow.fill(0);
    this.readsBelow.fill(0);
  }

  /** Adds a step: `identity` tells it from all others of the schedule, and is the same in every order. */
  add(identity: number, footprint: Footprint): void {
    if (this.writesAt.length < placeCount()) this.resize(2 * placeCount());
    const { accesses } = footprint;
    let before = 0;
    for (const { place, write } of accesses) {
      before = (before + (this.writesBelow[place.id] as number)) | 0;
      if (write) before = (before + (this.readsBelow[place.id] as number)) | 0;
      for (let above = place.parent; above; above = above.parent) {
        before = (before + (this.writesAt[above.id] as number)) | 0;
        if (write) before = (before + (this.readsAt[above.id] as number)) | 0;
      }
    }
    const hash = mix(mix(0x51ed270b, identity), before);
    for (const { place, write } of accesses) {
      const [at, below] = write ? [this.writesAt, this.writesBelow] : [this.readsAt, this.readsBelow];
      at[place.id] = (at[place.id] as number) + hash;
      below[place.id] = (below[place.id] as number) + hash;
      for (let above = place.parent; above; above = above.parent) {
        below[above.id] = (below[above.id] as number) + hash;
      }
    }
    this.value = (this.value + hash) | 0;
  }

  private resize(length: number): void {
    this.writesAt = grown(this.writesAt, length);
    this.readsAt = grown(this.readsAt, length);
    this.writesBelow = grown(this.writesBelow, length);
    this.readsBelow = grown(this.readsBelow, length);
  }
}

function grown(array: Int32Array<ArrayBuffer>, length: number): Int32Array<ArrayBuffer> {
  const longer = new Int32Array(length);
  longer.set(array);
  return longer;
}
