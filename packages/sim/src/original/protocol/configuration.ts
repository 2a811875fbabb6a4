import type { State } from './states.ts';

/** Something under way that relies on the state that it began in. */
export interface Subscription {
  readonly state: State;
  unsubscribe(): void;
}

interface Subscriber {
  readonly adapt: ((state: State) => Promise<void>) | undefined;
  readonly gone: Promise<void>;
}

/** The state of one application. It has changed when everything under way has adapted, or come to its end. */
export class Configuration {
  #state: State = 'sourceOnly';
  readonly #subscribers = new Set<Subscriber>();

  get state(): State {
    return this.#state;
  }

  /** Without `adapt`, every change waits until the subscription ends. */
  subscribe(adapt?: (state: State) => Promise<void>): Subscription {
    let leave!: () => void;
    const gone = new Promise<void>((resolve) => {
      leave = resolve;
    });
    const subscriber = { adapt, gone };
    this.#subscribers.add(subscriber);
    const unsubscribe = () => {
      this.#subscribers.delete(subscriber);
      leave();
    };
    return { state: this.#state, unsubscribe };
  }

  async change(state: State): Promise<void> {
    this.#state = state;
    const told = [...this.#subscribers].map(({ adapt, gone }) =>
      adapt ? Promise.race([adapt(state), gone]) : gone,
    );
    await Promise.all(told);
  }
}
