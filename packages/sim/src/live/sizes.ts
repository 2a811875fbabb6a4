import type { Draw } from '@changeover/tester';
import { drawPlan, drawPlanOf, type Plan } from './plan.ts';
import type { Size } from './program.ts';

export type SizeName =
  | 'default'
  | 'few rows'
  | 'few rows to the end'
  | 'back from the target only'
  | 'late workers'
  | 'births'
  | 'queries'
  | 'scans';

const oneOf =
  (...names: readonly Parameters<typeof drawPlanOf>[1][]) =>
  (draw: Draw): Plan =>
    drawPlanOf(draw, draw.pick(names));

/** Weights of the generator. None says in which order anything happens. */
export const SIZES: Readonly<Record<SizeName, Size>> = {
  default: { clients: [2, 3], calls: [1, 3], partitions: [1, 2], rows: [1, 3], plans: drawPlan },
  'few rows': {
    clients: [2, 3],
    calls: [2, 4],
    partitions: [1, 1],
    rows: [1, 1],
    plans: oneOf('there and back', 'there, back and there', 'many turns'),
  },
  'few rows to the end': {
    clients: [2, 3],
    calls: [2, 4],
    partitions: [1, 1],
    rows: [1, 1],
    plans: oneOf('to the end', 'back to the source only'),
  },
  'back from the target only': {
    clients: [2, 2],
    calls: [2, 4],
    partitions: [1, 1],
    rows: [1, 2],
    plans: oneOf('back from the target only', 'many turns'),
  },
  'late workers': {
    clients: [2, 2],
    calls: [2, 4],
    partitions: [1, 1],
    rows: [1, 1],
    plans: (draw) => ({ ...oneOf('there, back and there', 'many turns')(draw), second: true }),
  },
  births: {
    clients: [2, 3],
    calls: [2, 4],
    partitions: [1, 2],
    rows: [1, 1],
    plans: (draw) => ({ ...oneOf('abort', 'back to the source only')(draw), second: true }),
  },
  queries: {
    clients: [2, 3],
    calls: [2, 4],
    partitions: [1, 1],
    rows: [2, 3],
    calling: 'queries',
    plans: oneOf('there and back', 'there, back and there', 'many turns'),
  },
  scans: {
    clients: [2, 2],
    calls: [2, 3],
    partitions: [1, 2],
    rows: [2, 4],
    calling: 'scans',
    plans: drawPlan,
  },
};
