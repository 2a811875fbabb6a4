import type { StrategyName } from '@changeover/tester';
import { describe, expect, test } from 'vitest';
import { demos } from './demos.ts';

const OTHERS: readonly StrategyName[] = ['random', 'uniform', 'pct(3)'];

for (const { name, steps, bug, mended } of demos) {
  describe(name, () => {
    test(`It is found, and shrunk to ${steps} steps`, async () => {
      const { found } = await bug.explore();
      expect(found?.trace.length).toBeLessThanOrEqual(steps);
      expect(found?.trace.length).toBeGreaterThan(0);
    });

    test('Its token brings the same failure back by the same steps', async () => {
      const { found } = await bug.explore();
      const again = await bug.replay(found?.token ?? '');
      expect(again.divergence).toBeUndefined();
      expect(again.trace).toEqual(found?.trace);
      expect(again.failure?.message).toBe(found?.failure.message);
    });

    test.for(OTHERS)('The strategy %s finds the same failure', async (strategy) => {
      const [usual, other] = [await bug.explore(), await bug.explore({ strategy })];
      expect(other.found?.failure.kind).toBe(usual.found?.failure.kind);
    });

    test('The exhaustive search finds it too', async () => {
      expect((await bug.prove()).passed).toBe(false);
    });

    test('Mended, it passes a thousand schedules, and all that there are', async () => {
      (await mended.explore()).assertPassed();
      const proof = (await mended.prove()).assertPassed();
      expect(proof.complete).toBe(true);
    });
  });
}
