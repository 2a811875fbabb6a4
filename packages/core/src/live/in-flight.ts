/** Operations that began in one phase, and have not ended. */
export interface Turn {
  count: number;
}

/** The operations that are under way, so that somebody can wait for those that began before now. */
export class InFlight {
  #turn: Turn = { count: 0 };
  /** Turns before the present one that still have operations, the oldest first. */
  #earlier: Turn[] = [];
  #waiting: { readonly for: readonly Turn[]; readonly resolve: () => void }[] = [];

  /** Begins an operation. What is returned is to be handed to {@link leave} when it has ended. */
  enter(): Turn {
    this.#turn.count += 1;
    return this.#turn;
  }

  leave(turn: Turn): void {
    turn.count -= 1;
    if (turn.count === 0 && this.#waiting.length > 0) this.#wake();
  }

  /** Resolves when every operation that has begun by now has ended. */
  drained(): Promise<void> {
    const begun = [...this.#earlier, this.#turn].filter(({ count }) => count > 0);
    this.#earlier = begun;
    this.#turn = { count: 0 };
    return new Promise((resolve) => {
      this.#waiting.push({ for: begun, resolve });
      this.#wake();
    });
  }

  #wake(): void {
    const isOver = ({ count }: Turn) => count === 0;
    for (const { for: turns, resolve } of this.#waiting) if (turns.every(isOver)) resolve();
    this.#waiting = this.#waiting.filter(({ for: turns }) => !turns.every(isOver));
    this.#earlier = this.#earlier.filter((turn) => !isOver(turn));
  }
}
