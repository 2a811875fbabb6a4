import { covers, describeFootprint, type Footprint, joined } from './footprint.ts';
import type { ParkedCall } from './parked-call.ts';

/** The step that is running: from the release of its point until everyone is parked again. */
export class OpenStep {
  point: ParkedCall | undefined = undefined;
  /** What its call touched after all, if that is less than the footprint of its point. */
  private narrowed: Footprint | undefined = undefined;
  /** What it touched beyond that. */
  private touched: Footprint[] = [];
  /** If it is the last of branches that are joined: the steps of the others. */
  joins: readonly number[] = [];

  begin(point: ParkedCall): void {
    this.point = point;
  }

  end(): void {
    this.point = undefined;
    this.joins = [];
    this.narrowed = undefined;
    if (this.touched.length > 0) this.touched = [];
  }

  /** Its call came to less than it might have. */
  narrow(footprint: Footprint): void {
    this.narrowed = footprint;
  }

  touch(footprint: Footprint): void {
    if (this.point) this.touched.push(footprint);
  }

  /** All that it has touched so far, as far as it was told. */
  footprint(point: ParkedCall): Footprint {
    const own = this.narrowed ?? point.footprint;
    return this.touched.length > 0 ? joined(own, ...this.touched) : own;
  }

  /** The part of it that the footprint of its point does not tell. */
  besides(): Footprint {
    return joined(...this.touched);
  }

  /** What is wrong with an access, if it was not told. */
  undeclared({ accesses }: Footprint): string | undefined {
    if (!this.point) return undefined;
    const declared = this.footprint(this.point);
    const hidden = accesses.find((access) => !covers(declared, access));
    if (!hidden) return undefined;
    const what = `${hidden.write ? 'writes' : 'reads'} ${hidden.place.path}`;
    return `the step of ${this.point.label()} ${what}, and declares: ${describeFootprint(declared)}`;
  }
}
