import { type Access, type Footprint, type Place, placeCount } from './footprint.ts';
import { mix } from './random.ts';

/**
 * A hash of what a schedule amounts to: the same for schedules that differ only in the order of steps that do not
 * conflict (a Mazurkiewicz trace). Each step is hashed with the set of the earlier steps that it conflicts with, and the
 * hashes are added up, in which order does not matter.
 */
export class Fingerprint {
  value = 0;
  /**
   * For each place four sums of the hashes of the steps so far: of the writes and the reads at the place itself, and of
   * those at the place and all below it.
   */
  private sums = new Int32Array(0);

  reset(): void {
    this.value = 0;
    this.sums.fill(0);
    this.makeRoom();
  }

  /** Adds a step: `identity` tells it from all others of the schedule, and is the same in every order. */
  add(identity: number, { accesses }: Footprint): void {
    this.makeRoom();
    let before = 0;
    for (const access of accesses) before = (before + this.conflicting(access)) | 0;
    const hash = mix(mix(0x51ed270b, identity), before);
    for (const access of accesses) this.enter(access, hash);
    this.value = (this.value + hash) | 0;
  }

  /** The sum of all steps so far that conflict with an access: those below its place, and those at the places above. */
  private conflicting({ place, write }: Access): number {
    const { sums } = this;
    const own = place.id * SUMS;
    let sum = sums[own + WRITES_BELOW] as number;
    if (write) sum = (sum + (sums[own + READS_BELOW] as number)) | 0;
    for (let above = place.parent; above; above = above.parent) {
      sum = (sum + (sums[above.id * SUMS + WRITES] as number)) | 0;
      if (write) sum = (sum + (sums[above.id * SUMS + READS] as number)) | 0;
    }
    return sum;
  }

  private enter({ place, write }: Access, hash: number): void {
    const { sums } = this;
    const at = place.id * SUMS + (write ? WRITES : READS);
    sums[at] = (sums[at] as number) + hash;
    for (let each: Place | undefined = place; each; each = each.parent) {
      const below = each.id * SUMS + (write ? WRITES_BELOW : READS_BELOW);
      sums[below] = (sums[below] as number) + hash;
    }
  }

  private makeRoom(): void {
    if (this.sums.length >= placeCount() * SUMS) return;
    const larger = new Int32Array(Math.max(64, 2 * placeCount()) * SUMS);
    larger.set(this.sums);
    this.sums = larger;
  }
}

const WRITES = 0;
const READS = 1;
const WRITES_BELOW = 2;
const READS_BELOW = 3;
const SUMS = 4;
