/** The operations that are under way, so that somebody can wait for those that began before now. */
export class InFlight {
  #turn = 0;
  readonly #counts = new Map<number, number>();
  #waiting: { readonly turn: number; readonly resolve: () => void }[] = [];

  /** Begins an operation; call what is returned when it has ended. */
  enter(): () => void {
    const turn = this.#turn;
    this.#counts.set(turn, (this.#counts.get(turn) ?? 0) + 1);
    return () => this.#leave(turn);
  }

  /** Resolves when every operation that has begun by now has ended. */
  drained(): Promise<void> {
    const turn = this.#turn;
    this.#turn += 1;
    return new Promise((resolve) => {
      this.#waiting.push({ turn, resolve });
      this.#wake();
    });
  }

  #leave(turn: number): void {
    const left = (this.#counts.get(turn) ?? 0) - 1;
    if (left > 0) this.#counts.set(turn, left);
    else this.#counts.delete(turn);
    this.#wake();
  }

  #wake(): void {
    const oldest = Math.min(...this.#counts.keys());
    for (const { turn, resolve } of this.#waiting) if (turn < oldest) resolve();
    this.#waiting = this.#waiting.filter(({ turn }) => turn >= oldest);
  }
}
