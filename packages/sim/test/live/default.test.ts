import { explore } from '@changeover/tester';
import { expect, test } from 'vitest';
import { liveScenario } from '../../src/live/scenario.ts';

const size = { clients: [2, 3], calls: [1, 3], partitions: [1, 2], rows: [1, 3] } as const;

test('no schedule without faults gives a wrong answer', async () => {
  const report = await explore(liveScenario({ name: 'live', size }), { schedules: 1000 });
  console.log(report.toString());
  expect(report.passed).toBe(true);
}, 120_000);
