interface Parcel<T> {
  readonly content: T;
  readonly acknowledge: () => void;
}

/** Brings what is sent, one after the other, and brings back that it was received. */
export class Courier<T> {
  readonly #parcels: Parcel<T>[] = [];
  #wake: (() => void) | undefined;

  /** Done when it was acknowledged. */
  send(content: T): Promise<void> {
    return new Promise((acknowledge) => {
      this.#parcels.push({ content, acknowledge });
      this.#wake?.();
    });
  }

  /** Never ends. */
  async run(deliver: (content: T) => Promise<void>): Promise<never> {
    for (;;) {
      const parcel = this.#parcels.shift();
      if (parcel) {
        await deliver(parcel.content);
        parcel.acknowledge();
      } else {
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
      }
    }
  }
}
