interface Parcel<T> {
  readonly content: T;
  readonly acknowledge: () => void;
}

/** Brings what is sent, one after the other, and brings back that it was received. */
export class Courier<T> {
  readonly #parcels: Parcel<T>[] = [];
  #dismissed = false;
  #wake: (() => void) | undefined;

  /** Done when it was acknowledged. */
  send(content: T): Promise<void> {
    return new Promise((acknowledge) => {
      this.#parcels.push({ content, acknowledge });
      this.#wake?.();
    });
  }

  /** There is nothing more to send. */
  dismiss(): void {
    this.#dismissed = true;
    this.#wake?.();
  }

  /** Ends when it is dismissed. */
  async run(deliver: (content: T) => Promise<void>): Promise<void> {
    for (;;) {
      const parcel = this.#parcels.shift();
      if (parcel) {
        await deliver(parcel.content);
        parcel.acknowledge();
      } else if (this.#dismissed) {
        return;
      } else {
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
      }
    }
  }
}
