import type { Draw } from '@changeover/tester';
import { drawPlan, drawPlanOf, type Plan, type PlanName } from './plan.ts';
import type { Size } from './program.ts';

export type SizeName =
  | 'default'
  | 'few rows'
  | 'few rows to the end'
  | 'back from the target only'
  | 'late workers'
  | 'late copies'
  | 'births'
  | 'births in an abort'
  | 'births beside the target only'
  | 'queries'
  | 'queries between turns'
  | 'scans'
  | 'scans to the end'
  | 'answers in parts'
  | 'parts to the end'
  | 'answers beyond their limit'
  | 'lost replies beside deletes'
  | 'late scans'
  | 'late reads'
  | 'late refusals'
  | 'guarded'
  | 'late births'
  | 'lost replies to the end'
  | 'lost replies between turns'
  | 'lost replies turned back'
  | 'late help';

const oneOf =
  (...names: readonly PlanName[]) =>
  (draw: Draw, partitions: readonly string[]): Plan =>
    drawPlanOf(draw, draw.pick(names), partitions);

/** A second worker goes all the way, and no fence of the stores stops it. */
const withLateWorker =
  (...names: readonly PlanName[]) =>
  (draw: Draw, partitions: readonly string[]): Plan => ({
    ...oneOf(...names)(draw, partitions),
    second: true,
    secondUntil: 'complete',
    guarded: false,
  });

/** Fences of the stores keep out who is late, and nothing waits for anybody. */
const guarded =
  (...names: readonly PlanName[]) =>
  (draw: Draw, partitions: readonly string[]): Plan => ({
    ...oneOf(...names)(draw, partitions),
    guarded: true,
  });

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
    habits: ['writes'],
    plans: withLateWorker('there, back and there', 'many turns'),
  },
  'late copies': {
    clients: [2, 2],
    calls: [2, 4],
    partitions: [1, 1],
    rows: [1, 1],
    initial: 0.9,
    habits: ['deletes', 'writes'],
    plans: withLateWorker('there, back, and there to the end'),
  },
  births: {
    clients: [2, 3],
    calls: [2, 4],
    partitions: [1, 2],
    rows: [1, 1],
    initial: 0.2,
    habits: ['writes'],
    plans: withLateWorker('abort', 'back to the source only'),
  },
  'births in an abort': {
    clients: [2, 2],
    calls: [1, 2],
    partitions: [1, 1],
    rows: [1, 1],
    initial: 0,
    habits: ['inserts', 'queries'],
    plans: withLateWorker('abort'),
  },
  'births beside the target only': {
    clients: [3, 3],
    calls: [1, 2],
    partitions: [1, 1],
    rows: [2, 2],
    initial: 0,
    late: 0.9,
    lateWithin: 1,
    begins: 0.45,
    ids: true,
    habits: ['inserts', 'deletes'],
    plans: (draw, partitions) => ({
      ...guarded('births there, and the target only')(draw, partitions),
      second: false,
      lists: true,
    }),
  },
  queries: {
    clients: [2, 3],
    calls: [2, 4],
    partitions: [1, 1],
    rows: [2, 3],
    habits: ['queries'],
    plans: oneOf('there and back', 'there, back and there', 'many turns'),
  },
  'queries between turns': {
    clients: [2, 3],
    calls: [3, 4],
    partitions: [1, 1],
    rows: [2, 2],
    habits: ['queries', 'overwrites'],
    plans: oneOf('turns without a copy'),
  },
  scans: {
    clients: [2, 2],
    calls: [2, 3],
    partitions: [1, 2],
    rows: [2, 4],
    habits: ['scans'],
    plans: drawPlan,
  },
  'scans to the end': {
    clients: [2, 3],
    calls: [2, 4],
    partitions: [1, 1],
    rows: [1, 2],
    habits: ['scans', 'overwrites'],
    plans: guarded('to the end'),
  },
  'late scans': {
    clients: [2, 2],
    calls: [2, 3],
    partitions: [1, 1],
    rows: [2, 3],
    initial: 0.8,
    habits: ['scans', 'overwrites'],
    plans: guarded('forward', 'there and back'),
  },
  'late reads': {
    clients: [2, 2],
    calls: [2, 3],
    partitions: [1, 1],
    rows: [1, 2],
    habits: ['queries', 'overwrites'],
    plans: guarded('forward', 'there and back'),
  },
  'late refusals': {
    clients: [2, 2],
    calls: [2, 4],
    partitions: [1, 1],
    rows: [1, 1],
    initial: 0.2,
    habits: ['writes'],
    plans: guarded('back from the target only, and there'),
  },
  guarded: {
    clients: [2, 2],
    calls: [2, 4],
    partitions: [1, 1],
    rows: [1, 2],
    plans: guarded('to the end', 'abort', 'back to the source only', 'back from the target only'),
  },
  'late births': {
    clients: [2, 3],
    calls: [2, 3],
    partitions: [1, 1],
    rows: [1, 1],
    late: 0.9,
    initial: 0.2,
    habits: ['writes'],
    plans: oneOf('to the end'),
  },
  'lost replies to the end': {
    clients: [2, 2],
    calls: [2, 4],
    partitions: [1, 1],
    rows: [1, 1],
    late: 0.9,
    initial: 0.1,
    ids: true,
    habits: ['inserts', 'deletes'],
    plans: guarded('to the end'),
  },
  'late help': {
    clients: [2, 2],
    calls: [1, 2],
    partitions: [1, 1],
    rows: [1, 1],
    initial: 0,
    late: 0.9,
    habits: ['inserts', 'queries'],
    plans: (draw, partitions) => ({
      ...oneOf('births there, and the source only')(draw, partitions),
      guarded: false,
      second: false,
      lists: true,
    }),
  },
  'lost replies turned back': {
    clients: [2, 2],
    calls: [1, 2],
    partitions: [1, 1],
    rows: [1, 1],
    late: 0.9,
    initial: 0.1,
    ids: true,
    habits: ['inserts'],
    plans: guarded('back to the source only'),
  },
  'lost replies between turns': {
    clients: [2, 2],
    calls: [2, 4],
    partitions: [1, 1],
    rows: [1, 1],
    late: 0.9,
    ids: true,
    habits: ['writes'],
    plans: guarded('there, back and there', 'many turns', 'back from the target only'),
  },
  'lost replies beside deletes': {
    clients: [2, 3],
    calls: [2, 4],
    partitions: [1, 1],
    rows: [1, 1],
    late: 0.9,
    initial: 0,
    ids: true,
    habits: ['inserts', 'deletes'],
    plans: guarded('to the end', 'back from the target only'),
  },
  'parts to the end': {
    clients: [2, 2],
    calls: [2, 4],
    partitions: [1, 1],
    rows: [4, 4],
    initial: 0.9,
    habits: ['queries', 'overwrites'],
    plans: guarded('the target only'),
    stores: {
      atomicQuery: { rows: 4, bytes: Number.POSITIVE_INFINITY },
      scan: { pageRows: 2, nativeOrder: 'utf8' },
      snapshotRead: false,
    },
  },
  'answers in parts': {
    clients: [2, 3],
    calls: [2, 4],
    partitions: [1, 1],
    rows: [3, 4],
    habits: ['queries', 'overwrites'],
    plans: drawPlan,
    stores: {
      atomicQuery: { rows: 4, bytes: Number.POSITIVE_INFINITY },
      scan: { pageRows: 2, nativeOrder: 'utf8' },
      snapshotRead: false,
    },
  },
  'answers beyond their limit': {
    clients: [2, 3],
    calls: [2, 4],
    partitions: [1, 1],
    rows: [3, 4],
    habits: ['queries', 'overwrites'],
    plans: drawPlan,
    stores: {
      atomicQuery: { rows: 4, bytes: Number.POSITIVE_INFINITY },
      scan: { pageRows: 2, nativeOrder: 'utf8' },
      check: true,
      snapshotRead: true,
    },
  },
};
