import { type Random, seededRandom } from 'changeover/std';

export const ROUND_MS = 300;

/** Operations a second, with so many under way at any time. */
export async function rateOf(
  act: (random: Random) => Promise<unknown>,
  concurrency: number,
  seed: number,
): Promise<number> {
  const began = performance.now();
  let done = 0;
  const one = async (number: number) => {
    const random = seededRandom(seed * 100 + number);
    while (performance.now() - began < ROUND_MS) {
      await act(random);
      done += 1;
    }
  };
  await Promise.all(Array.from({ length: concurrency }, (_, number) => one(number)));
  return (done / (performance.now() - began)) * 1000;
}
