import { KINDS, type Kind, pairScenario, STATES, WHOLE } from '@changeover/sim/live';
import { type FaultBudget, prove } from '@changeover/tester';
import * as live from 'changeover/live';
import { type Section, thousands } from '../results.ts';

const ALL = Object.keys(KINDS) as Kind[];
const ALONE = ALL.map((one): readonly Kind[] => [one]);
const PAIRS = ALL.flatMap((one, index) => ALL.slice(index).map((other): readonly Kind[] => [one, other]));

interface Scope {
  readonly state: string;
  readonly clients: 1 | 2;
  readonly crash: boolean;
  /** How many steps are done when the calls begin. */
  readonly from?: number;
  /** Of one scenario, at most; it is explored to the end if not given. */
  readonly schedules?: number;
}

/** Each whole migration, from each of its steps on. */
const WHOLE_FROM = Object.entries(WHOLE).flatMap(([state, { steps }]) =>
  Array.from({ length: steps.length + 1 }, (_, from) => ({ state, from })),
);

const SCOPES: readonly Scope[] = [
  ...Object.keys(STATES).map((state) => ({ state, clients: 2, crash: false }) as const),
  ...Object.keys(STATES).map((state) => ({ state, clients: 1, crash: true }) as const),
  ...Object.keys(STATES).map((state) => ({ state, clients: 2, crash: true }) as const),
];

const WHOLE_SCOPES: readonly Scope[] = [
  ...WHOLE_FROM.map((whole) => ({ ...whole, clients: 1, crash: false }) as const),
  ...WHOLE_FROM.map((whole) => ({ ...whole, clients: 2, crash: false, schedules: 200 }) as const),
];

/** How many orders there are of one call, or two, beside a worker, and how many of those scopes were explored to the end. */
export function livePairs(): Promise<Section> {
  return sectionOf('The live protocol, in every order', SCOPES, [
    'Each client makes one call, of eleven kinds, on a row that is there or is not, while a worker makes one turn from the',
    'state.',
  ]);
}

/** The same of whole migrations, wherever in them the calls begin. */
export function liveWhole(): Promise<Section> {
  return sectionOf('The live protocol, through whole migrations', WHOLE_SCOPES, [
    'Each client makes one call, of eleven kinds, on a row that is there or is not, while a worker goes through a whole',
    'migration. The calls begin when so many of its steps are done.',
  ]);
}

async function sectionOf(title: string, scopes: readonly Scope[], told: readonly string[]): Promise<Section> {
  const rows: string[] = [];
  for (const scope of scopes) {
    rows.push(await sweep(scope));
    console.log(rows.at(-1));
  }
  return {
    title,
    body: [
      '| from, or through | clients | worker crashes | schedules of each | scenarios | to the end | traces | failed | seconds |',
      '|---|---:|---|---:|---:|---:|---:|---:|---:|',
      ...rows,
      '',
      ...told,
      'Traces are classes of orders that differ only in what does not conflict.',
      'Seconds are of the clock, on a machine with other work.',
    ],
  };
}

async function sweep({ state, from, clients, crash, schedules }: Scope): Promise<string> {
  const counted = { scenarios: 0, complete: 0, traces: 0, failed: 0 };
  const began = performance.now();
  const faults: { readonly faults?: FaultBudget } = crash ? { faults: { crash: 1 } } : {};
  for (const kinds of clients === 1 ? ALONE : PAIRS) {
    for (const present of [true, false]) {
      const begin = from === undefined ? {} : { from };
      const scenario = pairScenario({ kinds, present, state, live, ...begin, ...faults });
      const bound = schedules === undefined ? {} : { schedules };
      const report = await prove(scenario, { maxSteps: 400, shrink: 0, ...bound });
      counted.scenarios += 1;
      counted.traces += report.schedules;
      if (report.complete) counted.complete += 1;
      if (!report.passed) counted.failed += 1;
    }
  }
  const { scenarios, complete, traces, failed } = counted;
  const took = ((performance.now() - began) / 1000).toFixed(0);
  const where = from === undefined ? state : `${state}, calls from step ${from} on`;
  const cells = [
    where,
    clients,
    crash ? 'once, anywhere' : 'never',
    schedules === undefined ? 'all' : `at most ${thousands(schedules)}`,
    scenarios,
  ];
  return `| ${[...cells, complete, thousands(traces), failed, took].join(' | ')} |`;
}
