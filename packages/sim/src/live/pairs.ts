import type { FaultBudget, Scenario } from '@changeover/tester';
import type { Phase, Sides } from 'changeover/live';
import type { Live } from './live.ts';
import type { Step } from './plan.ts';
import type { Expectation, PlannedCall, Program } from './program.ts';
import { type Prepared, scenarioOf, UNMANAGED, type World } from './scenario.ts';

/** Every kind of call, on one row. */
export const KINDS = {
  insert: batch('insert'),
  'replace any': batch('replace', 'any'),
  'replace version': batch('replace', 'last known'),
  'merge any': batch('merge', 'any'),
  'merge version': batch('merge', 'last known'),
  'delete any': batch('delete', 'any'),
  'delete version': batch('delete', 'last known'),
  'delete if exists': batch('delete'),
  'upsert replace': batch('upsertReplace'),
  'upsert merge': batch('upsertMerge'),
  query: { type: 'query', partitionKey: 'p', flag: true },
} as const satisfies Record<string, PlannedCall>;

export type Kind = keyof typeof KINDS;

function batch(
  kind: 'insert' | 'replace' | 'merge' | 'delete' | 'upsertReplace' | 'upsertMerge',
  expects?: Expectation,
): PlannedCall {
  return { type: 'batch', partitionKey: 'p', writes: [{ kind, rowKey: 'A', expects, flag: true }] };
}

const managed = { kind: 'managed', born: 'source', plan: 1 } as const;
const work = { plan: 1, born: 'source' } as const;

function push(phase: Phase): Step {
  return { type: 'push', phase };
}

function turning(side: 'source' | 'target', until: 'turned' | 'complete'): Extract<Step, { type: 'bring' }> {
  return { type: 'bring', plan: 1, born: 'source', side, until, only: undefined };
}

/** Where the partition stands when the clients begin, and what a worker does meanwhile. */
interface State {
  readonly prepared: Prepared;
  readonly steps: readonly Step[];
}

/** One turn, or what ends a migration, from each state that a partition can be in. */
export const STATES: Readonly<Record<string, State>> = {
  'owner source': {
    prepared: { phase: managed, prepare: (live, sides) => live.stamp(sides, 'p', work) },
    steps: [turning('target', 'turned')],
  },
  copying: {
    prepared: {
      phase: managed,
      prepare: (live, sides) => live.bring(sides, 'p', 'target', { ...work, until: 'turned' }),
    },
    steps: [turning('target', 'complete')],
  },
  'copying, and turned back': {
    prepared: {
      phase: managed,
      prepare: (live, sides) => live.bring(sides, 'p', 'target', { ...work, until: 'turned' }),
    },
    steps: [turning('source', 'turned')],
  },
  'complete, and turned back': {
    prepared: {
      phase: managed,
      prepare: (live, sides) => live.bring(sides, 'p', 'target', { ...work, until: 'complete' }),
    },
    steps: [turning('source', 'turned')],
  },
  'half-way': {
    prepared: { phase: managed, prepare: halfWay },
    steps: [turning('target', 'turned')],
  },
  'target only, and stripped': {
    prepared: {
      phase: { kind: 'alone', side: 'target', clean: false },
      prepare: async (live, sides) => {
        await live.bring(sides, 'p', 'target', { ...work, until: 'complete' });
        await live.retire(sides, 'p', { side: 'target', plan: 1 });
      },
    },
    steps: [{ type: 'clean', side: 'target' }],
  },
};

/** From an application that knows nothing of a migration to one that has nothing left of it, and there and back. */
export const WHOLE: Readonly<Record<string, State>> = {
  'a whole migration': {
    prepared: UNMANAGED,
    steps: [
      push(managed),
      push({ ...managed, born: 'target' }),
      turning('target', 'complete'),
      push({ kind: 'alone', side: 'target', clean: false }),
      { type: 'retire', plan: 1, side: 'target' },
      { type: 'clean', side: 'target' },
      push({ kind: 'alone', side: 'target', clean: true }),
    ],
  },
  'a migration that turns back': {
    prepared: UNMANAGED,
    steps: [
      push(managed),
      turning('target', 'turned'),
      push({ ...managed, plan: 2 }),
      { type: 'stamp', plan: 2, born: 'source' },
      { ...turning('source', 'complete'), plan: 2 },
    ],
  },
};

/** Closed on the source, and not opened: as a worker leaves it that crashes between the two. */
async function halfWay(live: Live, sides: Sides): Promise<void> {
  const stuck = Object.assign(Object.create(sides.target) as typeof sides.target, {
    get: sides.target.get.bind(sides.target),
    write: () => Promise.reject(new Error('crashed')),
  });
  const crashed = live.bring({ source: sides.source, target: stuck }, 'p', 'target', {
    ...work,
    until: 'turned',
  });
  await crashed.catch(() => undefined);
}

export interface PairOptions {
  readonly kinds: readonly Kind[];
  readonly present: boolean;
  readonly state: string;
  readonly live: Live;
  /** How many steps are done when the calls begin; none if not given. */
  readonly from?: number;
  readonly faults?: FaultBudget;
}

/** Clients with one call each, while the partition makes one turn from a prepared state: small enough for every order. */
export function pairScenario({
  kinds,
  present,
  state,
  from = 0,
  live,
  faults,
}: PairOptions): Scenario<World, Program> {
  const { prepared, steps } = { ...STATES, ...WHOLE }[state] as State;
  const program: Program = {
    partitions: ['p'],
    rowKeys: ['A'],
    initial: present ? [{ partitionKey: 'p', rowKey: 'A', flag: true }] : [],
    clients: kinds.map((kind) => ({ calls: [KINDS[kind]], from: [from], late: -1 })),
    plan: {
      name: state,
      steps,
      clean: steps.some(({ type }) => type === 'clean') && prepared === UNMANAGED ? 'target' : undefined,
      second: false,
      secondUntil: undefined,
      guarded: false,
      lists: false,
      partitions: ['p'],
    },
    ids: false,
    capable: true,
  };
  return scenarioOf({
    name: `${kinds.join(' | ')}, ${present ? 'present' : 'absent'}, ${state}${from ? `, from step ${from}` : ''}`,
    program: () => program,
    live,
    prepared,
    joins: true,
    ...(faults ? { faults } : {}),
  });
}
