/**
 * Dining philosophers. Each needs the fork on the left and the fork on the right, and takes the left one first. When all
 * have their left fork, all wait for their right one: deadlock. If everyone takes the fork with the lower number first,
 * no circle can close (Dijkstra, EWD 310).
 */
import { type Scenario, writes } from '@changeover/tester';

/** A lock with a queue. */
class Fork {
  private taken = false;
  private readonly queue: (() => void)[] = [];

  async take(): Promise<void> {
    if (this.taken) await new Promise<void>((resolve) => this.queue.push(resolve));
    this.taken = true;
  }

  async putBack(): Promise<void> {
    this.taken = false;
    this.queue.shift()?.();
  }
}

type Order = (left: number, right: number) => readonly [number, number];

const leftFirst: Order = (left, right) => [left, right];
const lowerFirst: Order = (left, right) => [Math.min(left, right), Math.max(left, right)];

function dining(name: string, order: Order, philosophers: readonly string[]): Scenario<readonly Fork[]> {
  return {
    name,
    setup: (scope) =>
      philosophers.map((_, fork) =>
        scope.controlled(new Fork(), { name: `fork${fork}`, footprint: () => writes(`fork/${fork}`) }),
      ),
    tasks: (forks) =>
      Object.fromEntries(
        philosophers.map((philosopher, at) => {
          const [first, second] = order(at, (at + 1) % forks.length).map((fork) => forks[fork] as Fork);
          return [philosopher, () => dine(first as Fork, second as Fork)];
        }),
      ),
  };
}

async function dine(first: Fork, second: Fork): Promise<void> {
  await first.take();
  await second.take();
  await second.putBack();
  await first.putBack();
}

const TABLE = ['hypatia', 'plato', 'zeno'];

export const philosophers = dining('philosophers', leftFirst, TABLE);
export const orderedPhilosophers = dining('philosophers, mended', lowerFirst, TABLE);
